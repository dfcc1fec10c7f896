"""Which cards a search finds, the very same on both databases.

What is compared is folded on both sides and stored folded: neither database's notion of case, accents or collation is
asked. A term about the learner's schedule, log or flags asks first whether such a row exists, so it is either true or
false of every card, and can be negated.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, assert_never

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cards.cardtext import Wording
from cards.markup import plain
from cards.models.decks import Card, CardQuerySet, Deck, needs_answer
from cards.models.learners import Learner
from cards.models.lists import due
from cards.models.parts import WHOLE, is_asked
from cards.models.revisions import Flag
from cards.models.study import StudyEvent
from cards.scheduling import Grade
from cards.search import (
    MOST_CHARACTERS,
    All,
    Compared,
    Comparison,
    Either,
    Forgotten,
    InDeck,
    Is,
    Not,
    Quantity,
    Query,
    Status,
    Tagged,
    Text,
    fold,
)

NONE = Q(pk__in=())
LOOKUPS = {
    Comparison.BELOW: "lt",
    Comparison.AT_MOST: "lte",
    Comparison.IS: "exact",
    Comparison.AT_LEAST: "gte",
    Comparison.ABOVE: "gt",
}
# What terms ask of a whole card's schedule. As own_due_on and so on each card has them; they are null without one.
OWN = (
    "id", "due_on", "interval_days", "ease_hundredths", "lapses", "is_suspended", "skipped_on", "counted_on",
)  # fmt: skip
COLUMNS = {
    Quantity.EASE: "ease_hundredths",
    Quantity.DUE: "due_on",
    Quantity.INTERVAL: "interval_days",
    Quantity.LAPSES: "lapses",
}


class SavedSearch(models.Model):
    """A search that a learner keeps under a name of their own."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=MOST_CHARACTERS)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["learner", "name"], name="one_saved_search_of_a_name")]

    def __str__(self) -> str:
        return self.name


def searchable(wording: Wording) -> dict[str, str]:
    """What a search looks into, as columns of a card: its folded texts, one a line; its folded tags, each on a line.

    What is written on two lines is never found as one phrase.
    """
    tags = [fold(tag) for tag in wording.tags]
    texts = [plain(text) for text in (wording.filled, wording.answer, *wording.references)]
    return {
        "search_text": "\n".join([*map(fold, texts), *tags]),
        "search_tags": "\n".join(["", *tags, ""]) if tags else "",
    }


def find(query: Query, learner: Learner | None, today: date) -> CardQuerySet:
    """The cards that fit, of those that the learner may see and that are not in the archive, deck by deck.

    Asks the database for the decks, when it is called.
    """
    search = _Search(learner, today, _decks(learner))
    return search.cards().filter(search.condition(query)).order_by("deck_id", "position", "pk")


def found_counts(queries: Collection[Query], learner: Learner | None, today: date) -> list[int]:
    """How many cards each of the searches finds.

    A query for each: asked all at once, PostgreSQL looks at every card for every one of them.
    """
    search = _Search(learner, today, _decks(learner))
    return [search.cards().filter(search.condition(query)).count() for query in queries]


def deck_queries(learner: Learner | None) -> dict[int, InDeck]:
    """For each deck that can be searched, by its id, what finds its cards and no others."""
    decks = _decks(learner)
    names = Counter(map(fold, decks.values()))
    finds = {}
    for pk, name in decks.items():
        is_alone = names[fold(name)] == 1 and fold(name)[:1] not in {"", "#"}
        finds[pk] = InDeck(name if is_alone else f"#{pk}", is_whole=True)
    return finds


def tag_counts(learner: Learner | None) -> dict[str, int]:
    """The tags of those cards, folded, in alphabetical order, and how many cards have each."""
    counts: Counter[str] = Counter()
    cards = _Search(learner, date.min, _decks(learner)).cards().exclude(search_tags="")
    for tags, count in cards.order_by().values_list("search_tags").annotate(count=Count("pk")):
        counts.update(dict.fromkeys(tags.split("\n")[1:-1], count))
    return dict(sorted(counts.items()))


def _decks(learner: Learner | None) -> dict[int, str]:
    """The decks that can be searched, with their names."""
    return dict(Deck.objects.active().visible_to(learner).order_by().values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class _Search:
    """What a learner may look into on a study day, and what fits there.

    The decks are known beforehand, and the learner's schedules are joined once for all terms. By conditions of decks
    within the query, or by a subquery for each term of a schedule, PostgreSQL expects far fewer cards than there are,
    and looks each of them up by itself.
    """

    learner: Learner | None
    today: date
    decks: Mapping[int, str]

    def cards(self) -> CardQuerySet:
        """All of them, with the columns of OWN."""
        cards = Card.objects.filter(archived_at=None, deck__in=list(self.decks))
        if self.learner is None:
            return cards
        return cards.with_schedule(self.learner, 0).alias(
            **{f"own_{name}": F(f"own__{name}") for name in OWN}
        )

    def condition(self, query: Query) -> Q:
        match query:
            case Text(text):
                return Q(search_text__contains=fold(text))
            case InDeck(name, is_whole):
                return Q(deck__in=self._decks_named(fold(name), is_whole))
            case Tagged(name, is_whole):
                tag = fold(name)
                return Q(search_tags__contains=f"\n{tag}\n" if is_whole else tag)
            case Not(excluded):
                return ~self.condition(excluded)
            case All(queries):
                return Q(*map(self.condition, queries))
            case Either(queries):
                return Q(*map(self.condition, queries), _connector=Q.OR)
            case Is(Status.UNANSWERED):
                return needs_answer()
            case Is(Status.NEW):
                return ~self.condition(Is(Status.LEARNT))
            case Is() | Compared() | Forgotten():
                return self._of_learner(query, self.learner) if self.learner else NONE
            case _:
                assert_never(query)

    def _of_learner(self, query: Is | Compared | Forgotten, learner: Learner) -> Q:
        match query:
            case Is(status):
                return self._status(status, learner)
            case Compared(quantity, comparison, number):
                value = self.today + timedelta(days=number) if quantity is Quantity.DUE else number
                return self._part(
                    lambda own: _learnt(own) & Q((f"{own}{COLUMNS[quantity]}__{LOOKUPS[comparison]}", value)),
                    learner,
                )
            case Forgotten(days):
                since = self.today - timedelta(days=days)
                grades = StudyEvent.objects.graded_and_standing()
                return _exists(grades.filter(learner=learner, grade=Grade.AGAIN, study_on__gt=since))
            case _:
                assert_never(query)

    def _status(self, status: Status, learner: Learner) -> Q:
        match status:
            case Status.DUE:
                studied = Q(deck__in=Deck.objects.studied_by(learner))
                return self._part(lambda own: _learnt(own) & due(self.today, own), learner) & studied
            case Status.LEARNT:
                return self._part(_learnt, learner)
            case Status.LEECH:
                limit = learner.leech_lapses
                return self._part(lambda own: Q((f"{own}lapses__gte", limit)), learner) if limit else NONE
            case Status.SUSPENDED:
                return self._part(lambda own: Q((f"{own}is_suspended", True)), learner)
            case Status.FLAGGED:
                return _exists(Flag.objects.open().filter(learner=learner))
            case Status.NEW | Status.UNANSWERED:
                raise AssertionError("So is a card for somebody unknown too.")
            case _:
                assert_never(status)

    def _part(self, asks: Callable[[str], Q], learner: Learner) -> Q:
        """The learner's schedule of a part of the card is so. `asks` takes what stands before its columns' names.

        That of a whole card is joined; those of a card with clozes are looked up.
        """
        whole = Q(parts=WHOLE, own_id__isnull=False) & asks("own_")
        parts = learner.schedules.filter(is_asked(OuterRef("parts")) & asks(""))
        return whole | ~Q(parts=WHOLE) & _exists(parts)

    def _decks_named(self, name: str, is_whole: bool) -> list[int]:
        """Compared here: a database has no folded names, and there are few decks. `deck=#7` is that of the id 7."""
        if is_whole and name.startswith("#"):
            return [pk for pk in self.decks if name == f"#{pk}"]
        if is_whole:
            return [pk for pk, deck in self.decks.items() if fold(deck) == name]
        return [pk for pk, deck in self.decks.items() if name in fold(deck)]


def _learnt(own: str) -> Q:
    return Q((f"{own}due_on__isnull", False))


def _exists(rows: QuerySet[Any]) -> Q:
    return Q(Exists(rows.order_by().filter(card=OuterRef("pk"))))
