"""Which cards a search finds, the very same on both databases.

What is compared is folded on both sides and stored folded: neither database's notion of case, accents or collation is
asked. A term about the learner's schedule, log or flags asks whether such a row exists, so it is either true or false
of every card, and can be negated.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any, assert_never

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cards.cardtext import Wording
from cards.markup import plain
from cards.models.decks import Card, CardQuerySet, Deck
from cards.models.learners import Learner
from cards.models.queue import due_schedules
from cards.models.revisions import Flag
from cards.models.study import Schedule, StudyEvent
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
        ordering = ["name"]
        verbose_name_plural = "saved searches"
        constraints = [models.UniqueConstraint(fields=["learner", "name"], name="one_saved_search_of_a_name")]

    def __str__(self) -> str:
        return self.name


def searchable(wording: Wording) -> dict[str, str]:
    """What a search looks into, as columns of a card: its folded texts, one a line; its folded tags, each on a line.

    What is written on two lines is never found as one phrase.
    """
    tags = [fold(tag) for tag in wording.tags]
    texts = [plain(text) for text in (wording.prompt, wording.answer, *wording.references)]
    return {
        "search_text": "\n".join([*map(fold, texts), *tags]),
        "search_tags": "\n".join(["", *tags, ""]) if tags else "",
    }


def find(query: Query, learner: Learner | None, today: date) -> CardQuerySet:
    """The cards that fit, of those that the learner may see and that are not in the archive, deck by deck.

    Asks the database for the names of decks where the query does.
    """
    cards = Card.objects.active().visible_to(learner).filter(_condition(query, learner, today))
    return cards.order_by("deck_id", "position", "pk")


def deck_queries(learner: Learner | None) -> dict[int, InDeck]:
    """For each deck that can be searched, by its id, what finds its cards and no others."""
    decks = dict(Deck.objects.active().visible_to(learner).order_by().values_list("pk", "name"))
    names = Counter(map(fold, decks.values()))
    finds = {}
    for pk, name in decks.items():
        is_alone = names[fold(name)] == 1 and fold(name)[:1] not in {"", "#"}
        finds[pk] = InDeck(name if is_alone else f"#{pk}", is_whole=True)
    return finds


def tag_counts(learner: Learner | None) -> dict[str, int]:
    """The tags of those cards, folded, in alphabetical order, and how many cards have each."""
    counts: Counter[str] = Counter()
    cards = Card.objects.active().visible_to(learner).exclude(search_tags="")
    for tags, count in cards.order_by().values_list("search_tags").annotate(count=Count("pk")):
        counts.update(dict.fromkeys(tags.split("\n")[1:-1], count))
    return dict(sorted(counts.items()))


def _condition(query: Query, learner: Learner | None, today: date) -> Q:
    match query:
        case Text(text):
            return Q(search_text__contains=fold(text))
        case InDeck(name, is_whole):
            return Q(deck__in=_decks(fold(name), is_whole, learner))
        case Tagged(name, is_whole):
            tag = fold(name)
            return Q(search_tags__contains=f"\n{tag}\n" if is_whole else tag)
        case Is(status):
            return _status(status, learner, today)
        case Compared(quantity, comparison, number):
            value = today + timedelta(days=number) if quantity is Quantity.DUE else number
            compared = {f"{COLUMNS[quantity]}__{LOOKUPS[comparison]}": value}
            return _scheduled(learner, due_on__isnull=False, **compared)
        case Forgotten(days):
            return _forgotten(days, learner, today)
        case Not(excluded):
            return ~_condition(excluded, learner, today)
        case All(queries):
            return Q(*(_condition(each, learner, today) for each in queries))
        case Either(queries):
            return Q(*(_condition(each, learner, today) for each in queries), _connector=Q.OR)
        case _:
            assert_never(query)


def _status(status: Status, learner: Learner | None, today: date) -> Q:
    match status:
        case Status.DUE:
            return _exists(due_schedules(learner, today).filter(part=0)) if learner else NONE
        case Status.NEW:
            return ~_scheduled(learner, due_on__isnull=False)
        case Status.LEARNT:
            return _scheduled(learner, due_on__isnull=False)
        case Status.LEECH:
            limit = learner.leech_lapses if learner else 0
            return _scheduled(learner, lapses__gte=limit) if limit else NONE
        case Status.SUSPENDED:
            return _scheduled(learner, is_suspended=True)
        case Status.FLAGGED:
            return _exists(Flag.objects.open().filter(learner=learner)) if learner else NONE
        case Status.UNANSWERED:
            return Q(answer="")
        case _:
            assert_never(status)


def _scheduled(learner: Learner | None, **conditions: Any) -> Q:
    """The learner's schedule of the card exists, and is so."""
    return _exists(Schedule.objects.filter(learner=learner, part=0, **conditions)) if learner else NONE


def _forgotten(days: int, learner: Learner | None, today: date) -> Q:
    if learner is None:
        return NONE
    since = today - timedelta(days=days)
    return _exists(
        StudyEvent.objects.graded_and_standing().filter(
            learner=learner, grade=Grade.AGAIN, study_on__gt=since
        )
    )


def _exists(rows: QuerySet[Any]) -> Q:
    return Q(Exists(rows.order_by().filter(card=OuterRef("pk"))))


def _decks(name: str, is_whole: bool, learner: Learner | None) -> list[int]:
    """Compared here: a database has no folded names, and there are few decks. `deck=#7` is that of the id 7."""
    decks = Deck.objects.active().visible_to(learner).values_list("pk", "name")
    if is_whole and name.startswith("#"):
        return [pk for pk, _ in decks if name == f"#{pk}"]
    if is_whole:
        return [pk for pk, deck in decks if fold(deck) == name]
    return [pk for pk, deck in decks if name in fold(deck)]
