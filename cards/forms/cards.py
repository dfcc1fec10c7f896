"""The card editor: a wording, a picture for it, and why it changes."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.cardtext import TextError, Wording, clean
from cards.forms.attach import ATTACH_ACTS, Attaching
from cards.forms.base import Form
from cards.forms.demo_runs import demos_of
from cards.models import Card, Deck, Picture
from cards.models.decks import DeckQuerySet
from cards.translated import translated

ACTS = ["save", "another", "preview", "picture", *ATTACH_ACTS]


def markdown_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "markdown", "rows": rows})


class WordingForm(Form):
    """The three texts of a card. `wording` is the clean wording of a valid form."""

    prompt = forms.CharField(
        label=_("Prompt"),
        required=False,
        strip=False,
        widget=markdown_area(3),
        help_text=_(
            "“{{c1::gap}}” or “{{c2::gap::hint}}” hides what is asked for, each number by itself. End it with a list "
            "like “- [ ] wrong”, “- [x] right”, and it is a choice; with a ```worksheet block, and it is a table to be "
            "filled in; with a ```try block, and there is a Python console below it."
        ),
    )
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        strip=False,
        widget=markdown_area(10),
        help_text=_("Markdown: **bold**, `code`, $maths$, lists, tables. It may stay empty for now."),
    )
    details = forms.CharField(
        label=_("Details"),
        required=False,
        strip=False,
        widget=markdown_area(3),
        help_text=_(
            "One a line: “reference: where to read on”, “tags: loss, softmax”; “accept: softmax” asks for the answer "
            "to be typed."
        ),
    )

    wording: Wording

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        try:
            self.wording = clean(data.get("prompt", ""), data.get("answer", ""), data.get("details", ""))
        except TextError as error:
            self.add_error(error.field, translated(str(error)))
            return data
        for each in demos_of(self.wording):  # one that is not here may come later, and is not looked at
            said = gettext("The demo %(demo)s cannot run so. %(error)s")
            for wrong in each.errors:
                self.add_error("details", said % {"demo": each.demo.slug, "error": wrong})
        return data


class EditorForm(WordingForm):
    """A wording with the editor's buttons, and a picture to put into the answer."""

    act = forms.ChoiceField(choices=[(act, act) for act in ACTS], required=False)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        allow_empty_file=True,
        help_text=_("PNG, JPEG, GIF or WebP, up to 8 MB. Only its pixels are kept: no place, no camera."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    picture_text = forms.CharField(
        required=False,
        max_length=200,
        label=_("What it shows"),
        help_text=_("For those who cannot see it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    attaching: Attaching | None = None  # what its part for demos shows, where that was asked for

    def clean_act(self) -> str:
        """A button that takes a demo off says which one, and so has no room for the act."""
        return "detach" if "detach" in self.data else self.cleaned_data["act"] or "save"

    def with_details(self, details: str) -> Self:
        """The same form with other details, as if they had been typed."""
        return self._with(details=details)

    def showing(self, picture: Picture) -> Self:
        """The same form with the picture at the end of its answer, as if that had been typed."""
        text = picture_markdown(picture, self.cleaned_data.get("picture_text", ""))
        answer = self.data.get("answer", "").rstrip()
        return self._with(answer=f"{answer}\n\n{text}" if answer else text, picture_text="")

    def _with(self, **values: object) -> Self:
        form = type(self)({**dict(self.data.items()), **values})
        form.full_clean()
        return form


class EditForm(EditorForm):
    """A new wording for a card that was at revision `base_number` when the editor opened."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        label=_("Reason"),
        help_text=_("Why it changes. It stands in the card’s history."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    base_number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def based_on(self, number: int) -> Self:
        """The same form, for a card that is at revision `number` by now."""
        return self._with(base_number=number)


class RestoreForm(Form):
    """Back to a past revision, as the page showed the card at revision `base_number`."""

    restore = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    base_number = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class MoveForm(Form):
    """To which deck a card goes."""

    deck = forms.ModelChoiceField(Deck.objects.none(), label=_("To the deck"), empty_label=None)

    def __init__(self, *args: Any, decks: DeckQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deck"].queryset = decks  # type: ignore[attr-defined]
        self.has_decks = decks.exists()


def initial_of(card: Card) -> dict[str, object]:
    """What an editor of that card begins with."""
    return {
        "prompt": card.prompt,
        "answer": card.answer,
        "details": card.details,
        "base_number": card.revision_number,
    }


def picture_markdown(picture: Picture, text: str) -> str:
    """How a card shows the picture; `text` says what is on it."""
    plain = " ".join(text.translate(str.maketrans("", "", "[]\\`")).split())
    return f"![{plain}]({picture.get_absolute_url()})"
