"""Where django-allauth and the site meet: which names may be taken, and what a guest brings along."""

import re
import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from cards.actions.learners import begin_account, merge_learners
from cards.clock import now
from cards.http import Request
from cards.models import Learner
from cards.sessions import GUEST_ID
from cards.views.guests import zone_of

NO_MATCH = _("No account has that name, or address, and that password.")
RESERVED = re.compile(r"guest-|(admin|staff)$", re.IGNORECASE)


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]
    """Reads who is signed in and their study settings at once: every grade needs both."""

    def get_user(self, user_id: int) -> Learner | None:
        learner = Learner.objects.select_related("study_settings").filter(pk=user_id).first()
        return learner if learner and self.user_can_authenticate(learner) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Guards names, and gives a new account what it begins with."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NO_MATCH,
        "email_password_mismatch": NO_MATCH,
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your current password."),
        "username_taken": _("Somebody has that name already."),
        "email_taken": _("An account has that address already."),
        "duplicate_email": _("Your account has that address already."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then try again."),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The name in its normal form. Raises ValidationError for one that is reserved, or looks like another's."""
        username = str(super().clean_username(unicodedata.normalize("NFKC", username), shallow=shallow))
        if RESERVED.match(username):
            raise ValidationError(_("That name is kept for the site itself. Please choose another."))
        if "@" in username:
            raise ValidationError(_("A name has no @ in it, so that nobody takes it for an address."))
        # SQLite's own comparison ignores case in ASCII only; its regular expressions are Python's.
        if not shallow and Learner.objects.filter(username__iregex=f"^{re.escape(username)}$").exists():
            raise self.validation_error("username_taken")
        return username

    def save_user(self, request: Request, user: Learner, form: Any, commit: bool = True) -> Learner:
        user.date_joined = now()
        user = super().save_user(request, user, form, commit)
        begin_account(learner=user, guest=request.learner, time_zone=zone_of(request), now=now())
        return user


@receiver(user_logged_in)
def bring_the_guest_along(sender: Any, request: Request, user: Learner, **kwargs: Any) -> None:
    """After a sign-up as after a sign-in: what this browser's guest did becomes the account's."""
    guest_id = request.session.pop(GUEST_ID, None)
    guest = Learner.objects.filter(pk=guest_id, is_guest=True).first() if guest_id else None
    if guest is not None and merge_learners(guest=guest, into=user):
        messages.info(
            request, _("What you learnt here as a guest is in your account now."), fail_silently=True
        )
    request.learner = user
