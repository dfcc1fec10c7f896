from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CardsConfig(AppConfig):
    name = "cards"
    verbose_name = _("Cards and learners")

    def ready(self) -> None:
        from cards import accounts, checks  # noqa: F401  (they register their receivers and checks)
