"""Django's admin, as part of this product: it reads what the admin may read, and writes through actions alone.

Not here on purpose: the personal study logs and schedules of learners, and whatever is append-only.
"""

import allauth.account.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401  (both register their models, some of which go again below)
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from cards.admin import cards, decks, flags, learners, suggestions

__all__ = ["cards", "decks", "flags", "learners", "suggestions"]

admin.site.site_title = admin.site.site_header = "chapter5"
admin.site.index_title = _("What waits for you")
admin.site.enable_nav_sidebar = False

# Rights hang on a deck's owner and on being staff; addresses belong to their learners.
for model in (Group, EmailAddress):
    admin.site.unregister(model)
