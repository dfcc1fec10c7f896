"""allauth's forms as our pages show them: labels without colons, no placeholders, help in our words."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms

from cards.models import Learner

PASSWORD_HELP = "At least eight characters; not only digits, no common password, nothing like your name."  # noqa: S105


class Worded(forms.Form):
    """Says it once: the label names a field, so no placeholder does. `words` are labels and help by field."""

    words: dict[str, tuple[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label, field.help_text = self.words.get(name, (field.label, field.help_text))


class LoginForm(Worded, allauth.LoginForm):  # type: ignore[misc]
    words = {"login": ("Username or e-mail", ""), "password": ("Password", "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(Worded, allauth.SignupForm):  # type: ignore[misc]
    words = {
        "username": ("Username", "Others see it beside what you write."),
        "email": ("E-mail", "For a forgotten password. Nobody else sees it."),
        "password1": ("Password", PASSWORD_HELP),
    }


class ReauthenticateForm(Worded, allauth.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": ("Password", "")}


class LeavingForm(ReauthenticateForm):
    """The password of whoever leaves; a guest has none to give."""

    words = {"password": ("Your password", "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user.is_guest:
            del self.fields["password"]


class AddEmailForm(Worded, allauth.AddEmailForm):  # type: ignore[misc]
    words = {"email": ("Another address", "")}

    def clean_email(self) -> str:
        """Refuses an address that is another account's: it could be made primary, and two accounts would have it."""
        email = str(super().clean_email())
        if Learner.objects.filter(email__iexact=email).exclude(pk=self.user.pk).exists():
            raise get_adapter().validation_error("email_taken")
        return email


class ChangePasswordForm(Worded, allauth.ChangePasswordForm):  # type: ignore[misc]
    words = {
        "oldpassword": ("Current password", ""),
        "password1": ("New password", PASSWORD_HELP),
        "password2": ("New password again", ""),
    }


class SetPasswordForm(Worded, allauth.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": ("Password", PASSWORD_HELP), "password2": ("Password again", "")}


class ResetPasswordForm(Worded, allauth.ResetPasswordForm):  # type: ignore[misc]
    words = {"email": ("E-mail", "")}


class ResetPasswordKeyForm(Worded, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {"password1": ("New password", PASSWORD_HELP), "password2": ("New password again", "")}
