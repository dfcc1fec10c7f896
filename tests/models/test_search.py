"""A search finds what its terms say, on either database: held against the same terms in plain Python."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib import import_module
from operator import eq, ge, gt, le, lt
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cards.actions.acts import undo_event
from cards.actions.cards import archive_card, edit_card, make_card, make_cards, restore_revision
from cards.actions.decks import archive_deck, make_deck, make_site_deck
from cards.actions.study import grade_card
from cards.actions.suggestions import flag_card
from cards.cardtext import Wording
from cards.markup import plain
from cards.models import Card, Flag, Learner, Revision, Schedule, StudyEvent
from cards.models.lists import due_schedules
from cards.models.search import find, searchable, tag_counts
from cards.scheduling import Grade
from cards.scheduling.leech import LEECH_LAPSES, is_leech
from cards.search import (
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
    parse,
    write,
)
from tests.conftest import START

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
OPERATORS = {
    Comparison.BELOW: lt,
    Comparison.AT_MOST: le,
    Comparison.IS: eq,
    Comparison.AT_LEAST: ge,
    Comparison.ABOVE: gt,
}
WORDINGS = [
    Wording(
        "What is *softmax*?",
        "An **exp**, divided by the sum.\n\n$e^{x_i} / \\sum_j e^{x_j}$",
        "tags: gpu, loss",
    ),
    Wording(
        "Soft**max** of a 100 % batch", "```python\nlr = 0.1  # x_i\n```", "tags: GPU-memory, naïve Bayes"
    ),
    Wording(
        "Größe der Straße in İSTANBUL", "", "reference: [Poincaré](https://example.org/a_b)\ntags: straße"
    ),
    Wording("ΣΑΣ and Œuvre", "don’t “stop” – now", "tags: 100%, a_b, c\\d"),
    Wording("loss", "gain\nloss function   here", "reference: the book\nreference: softmax, too"),
    Wording("axb", "a_b", "tags: lossless"),
    Wording("a\\b and a%b", "東京 が 각 \U0001f9e0 x̂ ≠ H₂O", ""),
    Wording("ISTANBUL", "EXP", "tags: loss"),
]


@dataclass
class World:
    """Who looks, and for each of them the cards and rows that the reference looks at."""

    ada: Learner
    bob: Learner
    staff: Learner

    def __post_init__(self) -> None:
        self.references = [Reference(learner) for learner in (self.ada, self.bob, self.staff, None)]


@pytest.fixture
def world(ada, bob, staff, deck) -> World:
    """Decks of each kind with the same wordings; ada has studied: rows of every state, and some Agains."""
    own = make_deck(owner=ada, name="Größe und  Verlust", now=START, wordings=tuple(WORDINGS))
    make_deck(owner=bob, name="bob's", now=START, wordings=tuple(WORDINGS[:3]))
    gone = make_deck(owner=ada, name="Archived", now=START, wordings=tuple(WORDINGS[:2]))
    archive_deck(deck=gone, now=START)
    public = make_site_deck(name="100 % _Deck\\", description="", is_public=True, is_starter=False, now=START)
    site = make_site_deck(name="shared", description="", is_public=False, is_starter=False, now=START)
    for each in (public, site):
        make_cards(deck=each, wordings=WORDINGS, author=None, now=START)
    archive_card(card=public.cards.first(), now=START)

    rows = iter(
        [
            {},
            {"due_on": TODAY, "ease_hundredths": 130, "lapses": LEECH_LAPSES},
            {"due_on": TODAY - 9 * DAY, "lapses": LEECH_LAPSES - 1, "interval_days": 22},
            {"due_on": TODAY + 6 * DAY, "ease_hundredths": 199, "interval_days": 21},
            {"due_on": TODAY + 7 * DAY, "ease_hundredths": 200, "lapses": 3},
            {"due_on": TODAY, "is_suspended": True},
            {"due_on": None, "is_suspended": True, "interval_days": 0},
            {"due_on": TODAY, "skipped_on": TODAY},
            {"due_on": TODAY, "skipped_on": TODAY - DAY, "ease_hundredths": 235},
            {"due_on": None, "interval_days": 0},
            {"due_on": TODAY, "part": 1},
        ]
    )
    for card, fields in zip([*own.cards.all(), *public.cards.all()], rows, strict=False):
        _schedule(ada, card, **fields)
    for days, card in enumerate(deck.cards.all()):
        for learner, grade in ((ada, Grade.AGAIN), (bob, Grade.GOOD)):
            _grade(learner, card, grade, START - days * DAY)
    undone = _grade(ada, public.cards.last(), Grade.AGAIN, START)
    undo_event(learner=ada, event_id=undone, now=START)
    _flag(ada, own, 0), _flag(bob, public, 3), _flag(ada, public, 4)
    Flag.objects.filter(learner=ada, card__deck=public).update(closed_at=START)
    return World(ada, bob, staff)


def _schedule(learner: Learner, card: Card, **fields: object) -> None:
    columns = {
        "number": 1, "due_on": TODAY + DAY, "interval_days": 1, "ease_hundredths": 250, "repetitions": 1, "lapses": 0,
        "is_suspended": False,
    }  # fmt: skip
    Schedule.objects.create(learner=learner, card=card, **columns | fields)


def _grade(learner: Learner, card: Card, grade: Grade, now) -> object:
    return grade_card(learner=learner, card_id=card.pk, part=0, shown_number=0, grade=grade, now=now).event_id


def _flag(learner: Learner, deck, position: int) -> None:
    flag_card(
        card=deck.cards.get(position=position), learner=learner, kind=Flag.Kind.TYPO, note="", now=START
    )


# --- the reference --------------------------------------------------------------------------------------------------


class Reference:
    """What each term means, said of Python objects: nothing here asks a database to compare."""

    def __init__(self, learner: Learner | None) -> None:
        self.learner = learner
        mine = {} if learner is None else {"learner": learner}
        rows = Schedule.objects.filter(**mine, part=0) if mine else []
        self.schedules = {row.card_id: row for row in rows}
        self.studied = set() if learner is None else set(learner.enrolments.values_list("deck", flat=True))
        events = list(StudyEvent.objects.filter(**mine)) if mine else []
        voided = {event.voids for event in events}
        self.agains = [event for event in events if event.grade == Grade.AGAIN and event.pk not in voided]
        self.flagged = (
            {flag.card_id for flag in Flag.objects.filter(**mine, closed_at=None)} if mine else set()
        )
        self.cards = [card for card in Card.objects.select_related("deck") if self._is_visible(card)]

    def find(self, query: Query) -> set[int]:
        return {card.pk for card in self.cards if self.fits(card, query)}

    def _is_visible(self, card: Card) -> bool:
        deck, learner = card.deck, self.learner
        if card.archived_at or deck.archived_at:
            return False
        is_mine = learner is not None and deck.owner_id == learner.pk
        return (
            deck.is_public or is_mine or (learner is not None and learner.is_staff and deck.owner_id is None)
        )

    def fits(self, card: Card, query: Query) -> bool:
        schedule, wording = self.schedules.get(card.pk), card.wording
        is_learnt = schedule is not None and schedule.due_on is not None
        match query:
            case Text(text):
                texts = [*map(plain, (wording.prompt, wording.answer, *wording.references)), *wording.tags]
                return any(folded(text) in folded(each) for each in texts)
            case InDeck(name, is_whole):
                return is_alike(name, card.deck.name, is_whole)
            case Tagged(name, is_whole):
                return any(is_alike(name, tag, is_whole) for tag in wording.tags)
            case Is(Status.DUE):
                return (
                    is_learnt and schedule.due_on <= TODAY and not schedule.is_suspended
                    and schedule.skipped_on != TODAY and schedule.counted_on != TODAY and card.deck_id in self.studied
                )  # fmt: skip
            case Is(Status.NEW):
                return not is_learnt
            case Is(Status.LEARNT):
                return is_learnt
            case Is(Status.LEECH):
                return schedule is not None and is_leech(schedule.lapses, LEECH_LAPSES)
            case Is(Status.SUSPENDED):
                return schedule is not None and schedule.is_suspended
            case Is(Status.FLAGGED):
                return card.pk in self.flagged
            case Is(Status.UNANSWERED):
                return not card.answer
            case Compared(quantity, comparison, number):
                if not is_learnt:
                    return False
                values = {
                    Quantity.EASE: schedule.ease_hundredths,
                    Quantity.DUE: (schedule.due_on - TODAY).days,
                    Quantity.INTERVAL: schedule.interval_days,
                    Quantity.LAPSES: schedule.lapses,
                }
                return OPERATORS[comparison](values[quantity], number)
            case Forgotten(days):
                return any(
                    event.card_id == card.pk and (TODAY - event.study_on).days < days for event in self.agains
                )
            case Not(excluded):
                return not self.fits(card, excluded)
            case All(queries):
                return all(self.fits(card, each) for each in queries)
            case Either(queries):
                return any(self.fits(card, each) for each in queries)


folded = cache(fold)


def is_alike(name: str, other: str, is_whole: bool) -> bool:
    return folded(name) == folded(other) if is_whole else folded(name) in folded(other)


def found(query: Query, learner: Learner | None) -> set[int]:
    ids = list(find(query, learner, TODAY).values_list("pk", flat=True))
    assert len(ids) == len(set(ids))
    return set(ids)


# --- held against it ------------------------------------------------------------------------------------------------

WORDS = [
    "softmax", "soft max", "SOFTMAX", "exp", "%", "_", "\\", "a_b", "a%b", "a\\b", "\\sum_j", "x_i",
    "lr = 0.1", "100 %", "strasse", "GRÖSSE", "istanbul", "Istanbul", "IsTaNbUl", "İstanbul", "ıstanbul",
    "σας", "ΣΑΣ", "œuvre", "ŒUVRE", "don't", '"stop" - now', "loss function here", "gain loss", "function\n",
    "poincare", "POINCARÉ", "example.org", "東京", "か", "が", "가", "각", "🧠", "x", "≠", "=", "h2o", "gpu",
    "gpu-memory", "naive bayes", "naïve", "loss", "LOSSLESS", "100%", "c\\d", "straße", "b\ngpu", "?", "*",
    "e^{x_i}", "**", "python", "the book", "b's", "shared", "Verlust", "deck", "100 % _Deck\\",
    "größe und verlust", "Archived", "prompt 1?", "answer", "test", "a book", "'", "''", "; --", "nothing",
]  # fmt: skip
TEXTS = st.sampled_from(WORDS)
TERMS = st.one_of(
    st.builds(Text, TEXTS),
    st.builds(InDeck, TEXTS, st.booleans()),
    st.builds(Tagged, TEXTS, st.booleans()),
    st.builds(Is, st.sampled_from(Status)),
    st.builds(Forgotten, st.integers(1, 4)),
    st.builds(
        Compared, st.sampled_from(Quantity), st.sampled_from(Comparison),
        st.sampled_from([-9, -1, 0, 1, 3, 6, 7, 8, 21, 22, 130, 199, 200, 235, 250]),
    ),
)  # fmt: skip


def _joined(queries: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(queries, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, queries) | st.builds(All, several) | st.builds(Either, several)


def test_each_single_term_finds_what_it_says(world: World) -> None:
    terms = [
        *(kind(word) for word in WORDS for kind in (Text, InDeck, Tagged)),
        *(kind(word, is_whole=True) for word in WORDS for kind in (InDeck, Tagged)),
        *map(Is, Status),
        *(
            parse(text)
            for text in ("ease<2", "ease<=2", "due<7", "due<=7", "due=0", "due<0", "interval>21", "lapses>=3")
        ),
        *map(Forgotten, range(1, 5)),
    ]
    for reference in world.references:
        telling = 0
        for term in [each for one in terms for each in (one, Not(one))]:
            expected = reference.find(term)
            assert found(term, reference.learner) == expected, write(term)
            telling += 0 < len(expected) < len(reference.cards)
        assert telling > 100


@settings(max_examples=60)
@given(query=st.recursive(TERMS, _joined, max_leaves=8))
@example(query=All())
def test_terms_put_together_find_what_they_say(world: World, query: Query) -> None:
    for reference in world.references:
        assert found(query, reference.learner) == reference.find(query), write(query)


def test_no_card_is_found_that_may_not_be_seen(world: World) -> None:
    for learner in (world.ada, world.bob, world.staff, None):
        visible = set(Card.objects.active().visible_to(learner).values_list("pk", flat=True))
        assert found(All(), learner) == visible
    assert found(InDeck("bob's"), world.ada) == set()
    assert found(InDeck("bob's"), world.bob) != set()
    assert found(InDeck("Archived"), world.ada) == set()


def test_what_is_said_of_states_is_ones_own(world: World) -> None:
    for query in (parse("is:suspended"), parse("forgotten:9"), parse("is:flagged"), parse("lapses>0")):
        assert found(query, world.ada) != set()
        assert found(query, None) == set()
    assert found(parse("is:leech or is:suspended or forgotten:9"), world.bob) == set()
    flagged = {learner: found(parse("is:flagged"), learner) for learner in (world.ada, world.bob)}
    assert (len(flagged[world.ada]), len(flagged[world.bob])) == (1, 1)
    assert flagged[world.ada] != flagged[world.bob]


def test_a_leech_is_what_ones_settings_say(world: World) -> None:
    by_lapses = dict(Schedule.objects.filter(learner=world.ada, part=0).values_list("card", "lapses"))
    assert sorted(by_lapses.values())[-3:] == [3, LEECH_LAPSES - 1, LEECH_LAPSES]
    for limit in (8, 7, 3, 0):
        world.ada.leech_lapses = limit
        leeches = {card for card, lapses in by_lapses.items() if is_leech(lapses, limit)}
        assert found(Is(Status.LEECH), world.ada) == leeches


def test_due_is_what_the_queue_has_before_its_limits(world: World) -> None:
    due = set(due_schedules(world.ada, TODAY).filter(part=0).values_list("card", flat=True))
    assert len(due) == 2
    assert found(Is(Status.DUE), world.ada) == due


def test_tags_are_counted_over_the_cards_that_are_seen(world: World) -> None:
    for reference in world.references:
        cards = reference.cards
        tags = sorted({fold(tag) for card in cards for tag in card.wording.tags})
        counted = {tag: sum(tag in map(fold, card.wording.tags) for card in cards) for tag in tags}
        assert list(tag_counts(reference.learner).items()) == list(counted.items())


# --- the columns ----------------------------------------------------------------------------------------------------


def is_up_to_date() -> bool:
    columns = [(card.search_text, card.search_tags) for card in Card.objects.all()]
    return columns == [tuple(searchable(card.wording).values()) for card in Card.objects.all()]


def test_whatever_writes_a_wording_writes_what_it_is_found_by(deck, ada) -> None:
    card = make_card(deck=deck, wording=Wording("One?", "Two.", "tags: three"), author=ada, now=START)
    assert found(Text("one"), ada) == found(Tagged("three", is_whole=True), ada) == {card.pk}
    edit_card(card=card, wording=Wording("Four?", "", ""), base_number=1, author=ada, now=START)
    assert found(Text("one"), ada) == found(Tagged("three"), ada) == set()
    assert found(Text("four"), ada) == {card.pk}
    revision = Revision.objects.get(card=card, number=1)
    restore_revision(revision=revision, base_number=2, author=ada, now=START)
    assert found(Text("one"), ada) == found(Tagged("three"), ada) == {card.pk}
    make_cards(deck=deck, wordings=[Wording("Five?", "")], author=ada, now=START)
    assert len(found(Text("five"), ada)) == 1
    assert is_up_to_date()


def test_a_phrase_does_not_reach_from_one_text_into_the_next() -> None:
    wording = Wording("one", "two", "reference: three\ntags: four, five")
    assert searchable(wording) == {
        "search_text": "one\ntwo\nthree\nfour\nfive",
        "search_tags": "\nfour\nfive\n",
    }


def test_cards_from_before_the_columns_are_found_too(world: World, monkeypatch) -> None:
    Card.objects.update(search_text="", search_tags="")
    migration = import_module("cards.migrations.0004_search")
    monkeypatch.setattr(migration, "AT_ONCE", 4)
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert is_up_to_date()


@pytest.mark.parametrize(
    ("term", "index"), [("softmax", "card_search_text"), ("tag=gpu", "card_search_tags")]
)
def test_postgresql_looks_into_an_index(deck, term: str, index: str) -> None:
    """By its own choice, among so many cards that reading all of them would cost more."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads the cards one by one.")
    cards = [
        Card(deck=deck, key=f"many{n}", prompt="p", answer="a", created_at=START, **_folded(n))
        for n in range(4000)
    ]
    Card.objects.bulk_create(cards, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s)", [index])  # as a vacuum does
        cursor.execute("ANALYZE cards_card")
    assert index in find(parse(term), None, TODAY).explain()


def _folded(n: int) -> dict[str, str]:
    """Of a real card’s length; each thousandth card is one to be found."""
    text = "softmax" if n % 1000 == 0 else " ".join(sha256(f"{n} {m}".encode()).hexdigest() for m in range(5))
    return {"search_text": text, "search_tags": "\ngpu\n" if n % 1000 == 0 else f"\n{text}\n"}
