"""The way back to where one came from."""

from cards.forms.base import NextForm
from cards.http import Request, own_address


def back_of(request: Request) -> str:
    """The address to go to afterwards, where the form or the address names one of this site's, else ""."""
    form = NextForm(request.POST if request.method == "POST" else request.GET)
    return own_address(request, form.cleaned_data["next"]) if form.is_valid() else ""
