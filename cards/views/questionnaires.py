"""A questionnaire becomes a deck: paste or upload, see what was read paragraph by paragraph, correct it, make it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cards.actions.decks import make_deck
from cards.cardtext import TextError
from cards.clock import now
from cards.exchange.questionnaire import NotAQuestionnaire, Paragraph, Questionnaire, drafts
from cards.forms.questionnaires import QuestionnaireForm, RolesForm
from cards.http import Request, render_page
from cards.models import Revision
from cards.translated import translated
from cards.views.guests import known_learner

DEFAULT_NAME = _("My questionnaire")


@require_GET
def questionnaire(request: Request) -> HttpResponse:
    """Where one pastes or uploads it."""
    return render_page(request, "questionnaires/questionnaire.html", {"form": QuestionnaireForm()})


@require_POST
def questionnaire_read(request: Request) -> HttpResponse:
    """What was read, each paragraph with its role to switch, and the cards that follow. Writes nothing."""
    form = QuestionnaireForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_page(request, "questionnaires/questionnaire.html", {"form": form}, status=422)
    roles = RolesForm(request.POST, form.cleaned_data["paragraphs"])
    if not roles.is_valid():
        roles = RolesForm({}, form.cleaned_data["paragraphs"])
        roles.is_valid()
    return _show(request, form, roles.chosen())


@require_POST
def questionnaire_make(request: Request) -> HttpResponse:
    """Makes the deck of the paragraphs in the roles that the learner gave them."""
    form = QuestionnaireForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_page(request, "questionnaires/questionnaire.html", {"form": form}, status=422)
    roles = RolesForm(request.POST, form.cleaned_data["paragraphs"])
    if not roles.is_valid():
        return _show(
            request,
            form,
            roles.paragraphs,
            error=_("A role could not be read. Nothing was made."),
            status=422,
        )
    paragraphs = roles.chosen()
    try:
        questions = drafts(paragraphs)
        wordings = questions.wordings()
    except (NotAQuestionnaire, TextError) as error:
        return _show(request, form, paragraphs, error=translated(str(error)), status=422)
    deck = make_deck(
        owner=known_learner(request),
        name=_name(form, questions),
        wordings=wordings,
        source=Revision.Source.IMPORTED,
        now=now(),
    )
    unanswered = sum(wording.needs_answer for wording in wordings)
    said = ngettext("The deck has %(number)s card.", "The deck has %(number)s cards.", len(wordings)) % {
        "number": number_format(len(wordings), force_grouping=True)
    }
    if unanswered:
        needed = ngettext("%(number)s needs an answer.", "%(number)s need an answer.", unanswered)
        said += " " + needed % {"number": number_format(unanswered, force_grouping=True)}
    messages.success(request, said)
    return redirect(deck)


def _name(form: QuestionnaireForm, questions: Questionnaire) -> str:
    return (form.cleaned_data["name"].strip() or questions.title or DEFAULT_NAME)[:200]


def _show(
    request: Request,
    form: QuestionnaireForm,
    paragraphs: tuple[Paragraph, ...],
    *,
    error: str | Promise = "",
    status: int = 200,
) -> HttpResponse:
    roles = RolesForm(None, paragraphs)
    try:
        questions = drafts(paragraphs)
    except NotAQuestionnaire as unreadable:
        questions, error = None, error or translated(str(unreadable))
    context = {
        "name": _name(form, questions) if questions else form.cleaned_data["name"],
        "text": form.cleaned_data["text"],
        "encoding": form.encoding,
        "rows": [(paragraph, roles[f"role-{paragraph.number}"]) for paragraph in paragraphs],
        "questions": questions,
        "unanswered": sum(draft.needs_answer for draft in questions.cards) if questions else 0,
        "error": error,
    }
    return render_page(request, "questionnaires/questionnaire_read.html", context, status=status)
