"""My own note on a card: written, changed and deleted where its answer is shown, or on a page of its own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cards.actions.notes import StaleNote, write_note
from cards.clock import now
from cards.forms.notes import NoteForm
from cards.http import Request, render_page
from cards.models import Card, Note
from cards.views.back import back_of
from cards.views.guests import known_learner


@require_http_methods(["GET", "POST"])
@never_cache
def note(request: Request, card_id: int) -> HttpResponse:
    """The learner's note on a card, in a form. htmx gets what stands in its place beside the answer."""
    card = get_object_or_404(Card.objects.visible_to(request.learner).select_related("deck"), pk=card_id)
    back = back_of(request)
    if request.method == "GET":
        learner = request.learner
        own = Note.objects.filter(learner=learner, card=card).first() if learner else None
        return _show(request, card, own, NoteForm.of(own), back)
    form = NoteForm(request.POST)
    learner = known_learner(request)
    if not form.is_valid():
        own = Note.objects.filter(learner=learner, card=card).first()
        return _show(request, card, own, form, back, status=422)
    data = form.cleaned_data
    try:
        own = write_note(learner=learner, card=card, text=data["text"], was=data["was"], now=now())
    except StaleNote as stale:
        return _show(request, card, stale.note, form.based_on(stale.note), back, is_stale=True, status=422)
    said = _("Your note is saved.") if own else _("Your note is deleted.")
    if request.htmx:
        fresh = NoteForm.of(own, with_grade=data["with_grade"])
        return _show(request, card, own, fresh, back, said=said)
    messages.success(request, said)
    return redirect(back or card.get_absolute_url())


def _show(
    request: Request,
    card: Card,
    own: Note | None,
    form: NoteForm,
    back: str,
    *,
    said: str = "",
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    card.own_note = own
    context = {
        "card": card,
        "note_form": form,
        "back": back or card.get_absolute_url(),
        "said": said,
        "is_stale": is_stale,
        "is_open": status != 200 or request.method == "GET",
        "has_focus": request.method == "POST",
    }
    part = "note" if request.method == "POST" else None
    return render_page(request, "notes/note.html", context, part=part, status=status)
