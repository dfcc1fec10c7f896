"""The card editor's round trip, which writing, editing and suggesting share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards.actions.pictures import PictureRefused, store_picture
from cards.cardtext import Wording
from cards.clock import now
from cards.forms.attach import ATTACH_ACTS, Attaching
from cards.forms.cards import EditorForm
from cards.http import Request, render_page
from cards.markup import Hunk, merge, three_way
from cards.models import Card, Revision
from cards.views.guests import known_learner

# What the buttons that only show ask for. Saving asks for more, such as a reason, which may be missing then.
ASKED: dict[str, set[str]] = {
    "preview": {"prompt", "answer", "details", "picture"},
    "picture": {"picture"},
    **{act: set() for act in ATTACH_ACTS},
}

TEXTS = {"prompt": _("Prompt"), "answer": _("Answer"), "details": _("Details")}

AnEditorForm = TypeVar("AnEditorForm", bound=EditorForm)


def read_editor(request: Request, form: AnEditorForm) -> tuple[AnEditorForm, bool]:
    """The form that was sent, a picture that came along now in its answer; and whether to save it."""
    form = _with_demo(request, _with_picture(request, form))
    asked = ASKED.get(form.cleaned_data.get("act", ""))
    if asked is None:
        return form, form.is_valid()
    for name in form.errors.keys() - asked:
        del form.errors[name]
    return form, False


def _with_picture(request: Request, form: AnEditorForm) -> AnEditorForm:
    form.is_valid()
    file = form.cleaned_data.get("picture")
    if file is None:
        if form.cleaned_data.get("act") == "picture":
            form.add_error("picture", _("Choose a file first."))
        return form
    try:
        picture = store_picture(owner=known_learner(request), file=file, now=now())
    except PictureRefused as error:
        form.add_error("picture", str(error))
        return form
    return form.showing(picture)


def _with_demo(request: Request, form: AnEditorForm) -> AnEditorForm:
    if form.cleaned_data.get("act") not in ATTACH_ACTS:
        return form
    attaching = Attaching.read(request.POST)
    form = form.with_details(attaching.details)
    form.attaching = attaching
    return form


def show_editor(
    request: Request,
    template: str,
    form: EditorForm,
    context: Mapping[str, object],
    *,
    wording: Wording | None = None,
    status: int = 200,
) -> HttpResponse:
    """The editor's page, with the preview of what was sent, or of `wording` where nothing was."""
    preview = getattr(form, "wording", None) or wording
    attaching = form.attaching or Attaching(form["details"].value() or "")
    status = 422 if form.errors or attaching.is_refused else status
    context = {"form": form, "preview": preview, "attaching": attaching, **context}
    return render_page(request, template, context, status=status)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved since the editor opened: what they, and whoever sits at it, made of that wording.

    `hunks`: the lines that somebody changed, by the name of their text. `merged` is None where both changed the same
    ones.
    """

    base: Wording
    mine: Wording
    theirs: Wording
    revisions: list[Revision]
    hunks: dict[Promise, tuple[Hunk, ...]]
    merged: Wording | None


def conflict_of(card: Card, base_number: int, mine: Wording) -> Conflict:
    """What stands against `mine`, written for revision `base_number`. Raises Http404 without that one."""
    base = get_object_or_404(card.revisions, number=base_number).wording
    newer = (
        card.revisions.filter(number__gt=base_number).select_related("author", "co_author").order_by("number")
    )
    hunks: dict[Promise, tuple[Hunk, ...]] = {}
    merged = {}
    for name in TEXTS:
        # Each text ends like a file: else its last line would differ from the same line with one behind it.
        texts = [f"{getattr(wording, name)}\n" for wording in (base, mine, card.wording)]
        merged[name] = merge(*texts)
        if any(hunk.kind != "same" for hunk in three_way(*texts)):
            hunks[TEXTS[name]] = three_way(*texts)
    whole = {name: text.removesuffix("\n") for name, text in merged.items() if text is not None}
    both = Wording(**whole) if len(whole) == len(merged) else None
    return Conflict(base, mine, card.wording, list(newer), hunks, both)
