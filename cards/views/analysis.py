"""Item analysis, for those who can do something about a card."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from cards.cardtext import Wording
from cards.forms.analysis import AnalysisForm
from cards.forms.demo_runs import CardDemo, demos_of
from cards.http import Request, csv_file, render_page
from cards.models import Card, Deck, Learner, Right, StudyGroup
from cards.reports.analysis import FEWEST, WORST, Analysis, Item, analysis

CARDS_PER_PAGE = 50
COLUMNS = {
    "place": _("Card"),
    "first": _("Again at first sight"),
    "mature": _("Again when mature"),
    "seconds": _("Median seconds"),
    "flags": _("Flags"),
    "suggestions": _("Suggestions"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The deck, and of which group's members; None where it is of everybody's."""

    deck: Deck
    group: StudyGroup | None
    sort: str
    page: int

    def analysis(self) -> Analysis:
        if self.group is None:
            return analysis(self.deck)
        members = Learner.objects.filter(pk__in=self.group.memberships.standing().values("learner"))
        return analysis(self.deck, members, is_theirs=self.deck.group_id is None)


def _asked(request: Request, deck_id: int) -> Asked:
    """Raises Http404 unless whoever asks edits the deck, or the group that is named, which learns it."""
    form = AnalysisForm(request.GET)
    form.is_valid()
    data = form.cleaned_data
    if "group" in form.errors:
        raise Http404
    groups = StudyGroup.objects.allowing(request.learner, Right.EDIT)
    deck = get_object_or_404(Deck.objects.visible_to(request.learner).select_related("group"), pk=deck_id)
    group = deck.group
    if data.get("group"):
        group = get_object_or_404(groups, pk=data["group"])
        get_object_or_404(Deck.objects.learnt_in(group), pk=deck.pk)
    elif not Deck.objects.editable_by(request.learner).filter(pk=deck.pk).exists():
        raise Http404
    return Asked(deck, group, data.get("sort") or "place", data.get("page") or 1)


@dataclass(frozen=True, slots=True)
class Row:
    """A card with its numbers and its demos."""

    item: Item
    title: str
    demos: list[CardDemo]


def _rows(deck: Deck, items: Iterable[Item]) -> Iterator[Row]:
    listed = list(items)
    found = Card.objects.filter(deck=deck).only("prompt", "details")
    cards = found.in_bulk([item.card_id for item in listed])
    for item in listed:
        if item.card_id in cards:  # nobody moved it meanwhile
            card = cards[item.card_id]
            yield Row(item, str(card), demos_of(Wording(card.prompt, "", card.details)))


@require_GET
def deck_analysis(request: Request, deck_id: int) -> HttpResponse:
    """The ten cards that are forgotten most, and all of them, sorted as one likes."""
    asked = _asked(request, deck_id)
    found = asked.analysis()
    worst = found.forgotten or found.hardest
    pages = Paginator(found.sorted(asked.sort), CARDS_PER_PAGE).get_page(asked.page)
    followed_by = asked.group if asked.deck.group_id is None else None
    rows = {row.item.card_id: row for row in _rows(asked.deck, {*worst, *pages})}
    context = {
        "deck": asked.deck,
        "group": asked.group,
        "is_followed": followed_by is not None,
        "can_edit": Deck.objects.editable_by(request.learner).filter(pk=asked.deck.pk).exists(),
        "is_mature": bool(found.forgotten),
        "worst": [rows[item.card_id] for item in worst if item.card_id in rows],
        "most": WORST,
        "fewest": FEWEST,
        "columns": COLUMNS.items(),
        "sort": asked.sort,
        "pages": pages,
        "query": urlencode({"sort": asked.sort, **({"group": followed_by.pk} if followed_by else {})}),
        "rows": [rows[item.card_id] for item in pages if item.card_id in rows],
    }
    return render_page(request, "analysis/deck_analysis.html", context)


@require_GET
def deck_analysis_csv(request: Request, deck_id: int) -> HttpResponse:
    """All cards with their numbers, each share as its two counts and its interval."""
    asked = _asked(request, deck_id)
    columns = ["card", "prompt"]
    for name in ("first", "mature"):
        columns += [f"{name}_again", f"{name}_answers", f"{name}_low", f"{name}_high"]
    rows = [
        (
            row.item.card_id,
            row.title,
            *(
                cell
                for share in (row.item.first, row.item.mature)
                for cell in (share.count, share.of, *(f"{end:.4f}" for end in share.interval))
            ),
            row.item.seconds,
            row.item.flags,
            row.item.suggestions,
        )
        for row in _rows(asked.deck, asked.analysis().sorted(asked.sort))
    ]
    return csv_file(
        f"deck-{asked.deck.pk}-analysis", [*columns, "median_seconds", "flags", "suggestions"], rows
    )
