from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "cards"
    verbose_name = "Cards and learners"

    def ready(self) -> None:
        from cards import accounts, checks  # noqa: F401  (they register their receivers and checks)
