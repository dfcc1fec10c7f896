"""allauth's forms as our pages show them: labels without colons, no placeholders, help in our words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from cards.models import Learner

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PASSWORD_HELP = _("At least eight characters; not only digits, no common password, nothing like your name.")


class Worded(forms.Form):
    """Says it once: the label names a field, so no placeholder does. `words` are labels and help by field."""

    words: Mapping[str, tuple["str | _StrPromise", "str | _StrPromise"]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label, field.help_text = self.words.get(name, (field.label, field.help_text))


class LoginForm(Worded, allauth.LoginForm):  # type: ignore[misc]
    words = {"login": (_("Username or e-mail"), ""), "password": (_("Password"), "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(Worded, allauth.SignupForm):  # type: ignore[misc]
    words = {
        "username": (_("Username"), _("Others see it beside what you write.")),
        "email": (_("E-mail"), _("For a forgotten password. Nobody else sees it.")),
        "password1": (_("Password"), PASSWORD_HELP),
    }


class ReauthenticateForm(Worded, allauth.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": (_("Password"), "")}


class LeavingForm(ReauthenticateForm):
    """The password of whoever leaves; a guest has none to give."""

    words = {"password": (_("Your password"), "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user.is_guest:
            del self.fields["password"]


class AddEmailForm(Worded, allauth.AddEmailForm):  # type: ignore[misc]
    words = {"email": (_("Another address"), "")}

    def clean_email(self) -> str:
        """Refuses an address that is another account's: it could be made primary, and two accounts would have it."""
        email = str(super().clean_email())
        if Learner.objects.filter(email__iexact=email).exclude(pk=self.user.pk).exists():
            raise get_adapter().validation_error("email_taken")
        return email


class ChangePasswordForm(Worded, allauth.ChangePasswordForm):  # type: ignore[misc]
    words = {
        "oldpassword": (_("Current password"), ""),
        "password1": (_("New password"), PASSWORD_HELP),
        "password2": (_("New password again"), ""),
    }


class SetPasswordForm(Worded, allauth.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": (_("Password"), PASSWORD_HELP), "password2": (_("Password again"), "")}


class ResetPasswordForm(Worded, allauth.ResetPasswordForm):  # type: ignore[misc]
    words = {"email": (_("E-mail"), "")}


class ResetPasswordKeyForm(Worded, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {"password1": (_("New password"), PASSWORD_HELP), "password2": (_("New password again"), "")}
