"""Item analysis: what is counted, how sure it is, and the same as a plain recount of the events."""

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from statistics import median

import pytest
from hypothesis import given, settings

from cards.actions.cards import archive_card
from cards.actions.suggestions import close_flags, decline_suggestion, flag_card, suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, StudyEvent
from cards.reports.analysis import Analysis, Item, Share, analysis
from cards.scheduling import Grade, Kind, Mode, replay
from tests.conftest import START, make_learner
from tests.reports.logs import Log, acts, written


def members(*learners: Learner):
    return Learner.objects.filter(pk__in=[learner.pk for learner in learners])


def item(deck: Deck, place: int = 1, **options: object) -> Item:
    return analysis(deck, **options).items[place - 1]  # type: ignore[arg-type]


@pytest.fixture
def card(own: Deck) -> Card:
    return own.cards.all()[0]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (3, 5, 0.2307, 0.8824),
        (0, 5, 0.0, 0.4345),
        (5, 5, 0.5655, 1.0),
        (50, 100, 0.4038, 0.5962),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_wilsons(count, of, low, high) -> None:
    """The values of R's binom::binom.wilson."""
    assert Share(count, of).interval == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@pytest.mark.parametrize("of", range(1, 30))
def test_the_interval_holds_the_share_and_is_narrower_the_more_there_are(of) -> None:
    for count in range(of + 1):
        low, high = Share(count, of).interval
        wide = Share(2 * count, 2 * of).interval
        assert 0 <= low <= count / of <= high <= 1
        assert wide[1] - wide[0] < high - low


def test_at_first_sight_each_learner_counts_once(ada, bob, own, card) -> None:
    Log(ada, card).grade(0, "A").grade(0, "G", Mode.REPEAT).grade(1, "A")
    Log(bob, card).grade(0, "H", Mode.PRACTICE).grade(1, "G").grade(2, "A")
    assert item(own).first == Share(1, 2)


def test_what_was_taken_back_was_no_first_sight_and_a_restart_makes_none(ada, own, card) -> None:
    Log(ada, card).grade(0, "A").void(1).grade(0, "G").add(3, Kind.RESTARTED).grade(3, "A")
    assert item(own).first == Share(0, 1)


def test_mature_is_an_interval_of_21_days_before_the_review(ada, bob, own, card) -> None:
    """Good all the way: the intervals are 1, 6, 15 and 38 days."""
    Log(ada, card).grades("GGGGA")
    Log(bob, card).grades("GGGGGG")
    assert item(own).mature == Share(1, 3)
    assert item(own).first == Share(0, 2)


def test_the_median_is_of_scheduled_answers(ada, bob, own, card) -> None:
    log = Log(ada, card).grade(0, "A", answer_seconds=4).grade(0, "G", Mode.REPEAT, answer_seconds=90)
    assert item(own).seconds == 4
    log.grade(1, "G", answer_seconds=9).grade(2, "G")
    assert item(own).seconds == 6.5
    Log(bob, card).grade(0, "G", answer_seconds=60)
    assert item(own).seconds == 9


def test_it_is_of_those_who_are_asked_for(ada, bob, own, card) -> None:
    Log(ada, card).grade(0, "A")
    Log(bob, card).grade(0, "G")
    assert item(own, learners=members(ada)).first == Share(1, 1)
    assert item(own, learners=members()).first == Share()


def test_open_flags_and_suggestions_are_counted(ada, bob, own, card) -> None:
    for learner in (ada, bob):
        flag = flag_card(card=card, learner=learner, kind="typo", note="", now=START)
    suggestion = suggest_wording(
        card=card, proposer=bob, wording=Wording("So?", "Yes."), base_number=1, reason="", now=START
    )
    assert (item(own).flags, item(own).suggestions) == (2, 1)
    theirs = item(own, learners=members(ada), is_theirs=True)
    assert (theirs.flags, theirs.suggestions) == (1, 0)
    close_flags(flags=[flag], closer=ada, now=START)
    decline_suggestion(suggestion=suggestion, editor=ada, reply="No.", now=START)
    assert (item(own).flags, item(own).suggestions) == (1, 0)


def test_a_card_in_the_archive_is_none(ada, own, card) -> None:
    Log(ada, card).grade(0, "A")
    archive_card(card=card, now=START)
    found = analysis(own)
    assert len(found.items) == 29
    assert all(not each.first.of for each in found.items)


def of(*shares: tuple[int, int]) -> Analysis:
    return Analysis(
        [Item(pk, pk, Share(), Share(*share), None, 0, 0) for pk, share in enumerate(shares, start=1)]
    )


def test_what_is_forgotten_most_is_ranked_by_what_is_sure_of_it() -> None:
    """Five of five is surely more than 57 %, forty of fifty surely more than 67 %."""
    found = of((5, 5), (40, 50), (4, 4), (0, 90), (1, 90), (3, 5))
    assert [each.card_id for each in found.forgotten] == [2, 1, 6, 5]
    assert [each.card_id for each in found.sorted("mature")] == [2, 1, 3, 6, 5, 4]
    assert len(of(*[(5, 9)] * 12).forgotten) == 10
    assert of((4, 4)).forgotten == []


def recount(
    deck: Deck, learners: set[int]
) -> dict[int, tuple[tuple[int, int], tuple[int, int], float | None]]:
    """The same, event by event, by full replays of what was not taken back."""
    events = list(StudyEvent.objects.filter(card__deck=deck).order_by("learner", "card", "part", "number"))
    voided = {event.voids for event in events}
    first, mature = defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0])
    seconds = defaultdict(list)
    for (learner, card, _), log in groupby(
        events, key=lambda each: (each.learner_id, each.card_id, each.part)
    ):
        standing = [event for event in log if event.kind != Kind.VOIDED and event.pk not in voided]
        if learner not in learners:
            continue
        scheduled = [
            event for event in standing if event.kind == Kind.GRADED and event.mode == Mode.SCHEDULED
        ]
        for event in scheduled[:1]:
            first[card][0] += event.grade == Grade.AGAIN
            first[card][1] += 1
        seconds[card] += [event.answer_seconds for event in scheduled if event.answer_seconds is not None]
        renumbered = [replace(event.as_event(), number=n) for n, event in enumerate(standing, start=1)]
        for n, event in enumerate(standing):
            before, after = replay(renumbered[:n]), replay(renumbered[: n + 1])
            is_review = event.kind == Kind.GRADED and before.counted_on not in (None, after.counted_on)
            if is_review and before.interval_days >= 21:
                mature[card][0] += event.grade == Grade.AGAIN
                mature[card][1] += 1
    return {
        card: (tuple(first[card]), tuple(mature[card]), median(seconds[card]) if seconds[card] else None)
        for card in deck.cards.values_list("pk", flat=True)
    }


@settings(max_examples=30)
@given(mine=acts, theirs=acts)
def test_it_is_what_a_plain_recount_gives(ada, bob, own, mine, theirs) -> None:
    with written(ada, own, mine), written(bob, own, theirs):
        for learners in ({ada.pk, bob.pk}, {bob.pk}):
            found = analysis(own, Learner.objects.filter(pk__in=learners))
            assert {
                each.card_id: (
                    (each.first.count, each.first.of),
                    (each.mature.count, each.mature.of),
                    each.seconds,
                )
                for each in found.items
            } == recount(own, learners)


def test_it_is_four_queries_however_many_learn_it(ada, own, card, django_assert_num_queries) -> None:
    for more in (0, 6):
        for number in range(more):
            learner = make_learner(f"reader{number}")
            for each in own.cards.all()[:5]:
                Log(learner, each).grades("GGGGA")
        with django_assert_num_queries(4):
            analysis(own)
