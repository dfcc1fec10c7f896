"""Home: today in one sentence."""

import gzip
import re
from datetime import timedelta

from django.urls import reverse

from cards.actions.decks import make_deck
from cards.actions.learners import change_settings
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Learner, Schedule
from cards.scheduling import Grade
from tests.conftest import START
from tests.reports.logs import Log


def home(client) -> str:
    return client.get(reverse("cards:home")).content.decode()


def grade(learner: Learner, key: str, grade: Grade = Grade.GOOD) -> None:
    card = Card.objects.get(key=key)
    grade_card(
        learner=learner,
        card_id=card.pk,
        part=0,
        shown_number=0,
        grade=grade,
        now=START,
    )


def bars(html: str) -> dict[str, int]:
    """What the first two bars of the days to come say."""
    found = re.findall(r"<b>(\d+)</b><svg .*?on (\w+, \d+ \w+)</span>", html)
    assert len(found) == 14
    return {day: int(count) for count, day in found[:2]}


def test_it_offers_to_start_at_once_and_makes_no_row(client, deck) -> None:
    html = home(client)
    assert f'href="{reverse("cards:review")}"' in html
    assert "Start reviewing" in html
    assert not Learner.objects.exists()
    assert not client.cookies.get("sessionid")


def time(learner: Learner, seconds: int, cards: int = 20) -> None:
    """So many cards of a deck of the learner's own, learnt a week ago, each in so many seconds."""
    wordings = tuple(Wording(f"{number}?", "So.") for number in range(cards))
    for card in make_deck(owner=learner, name="Learnt", now=START, wordings=wordings).cards.all():
        Log(learner, card).grade(-7, "G", answer_seconds=seconds).grade(-6, "E").replay()


def test_it_says_what_today_asks_and_of_time_nothing_yet(ada, client_of, clock) -> None:
    time(ada, 60, cards=19)
    Schedule.objects.update(due_on=START.date() + timedelta(days=9))
    assert "<h1>Three cards today.</h1>" in home(client_of(ada))


def test_it_says_how_long_that_takes_the_learner(ada, client_of, clock) -> None:
    time(ada, 60)
    Schedule.objects.update(due_on=START.date() + timedelta(days=9))
    assert "<h1>Three cards today, about three minutes.</h1>" in home(client_of(ada))
    grade(ada, "c1")
    assert "<h1>Two more cards today, about two minutes.</h1>" in home(client_of(ada))


def test_it_says_calmly_when_the_day_is_done_and_what_comes_next(ada, client_of, clock) -> None:
    for key in ("c1", "c2", "c3"):
        grade(ada, key)
    html = home(client_of(ada))
    assert "<h1>Done for today.</h1>" in html
    assert "The next cards come tomorrow: three to review.</p>" in html
    assert bars(html) == {"Monday, 2 March": 0, "Tuesday, 3 March": 3}


def test_the_next_day_is_told_with_its_new_cards_and_its_time(ada, client_of, clock) -> None:
    time(ada, 60)
    Schedule.objects.update(due_on=START.date() + timedelta(days=9))
    ada.new_per_day = 1
    ada.save()
    grade(ada, "c1")
    html = home(client_of(ada))
    assert "The next cards come tomorrow: one to review and one new, about two minutes.</p>" in html
    ada.new_per_day = 0
    ada.save()
    Schedule.objects.update(due_on=START.date() + timedelta(days=9))
    html = home(client_of(ada))
    assert "The next cards come on Wednesday, 11 March: 21 to review, about 21 minutes.</p>" in html


def test_where_no_day_asks_for_anything_none_is_told(ada, client_of, clock) -> None:
    ada.new_per_day = 0
    ada.save()
    html = home(client_of(ada))
    assert "<h1>Nothing is due today.</h1>" in html
    assert "The next cards" not in html


def test_it_tells_a_streak_from_its_second_day_on_and_not_to_whom_it_is_no_help(
    ada, client_of, clock
) -> None:
    grade(ada, "c1")
    assert "streak" not in home(client_of(ada))
    clock.tick(days=1)
    assert "streak" not in home(client_of(ada))
    grade_card(
        learner=ada, card_id=Card.objects.get(key="c2").pk, part=0, shown_number=0, grade=Grade.GOOD,
        now=clock.now,
    )  # fmt: skip
    assert "<span>A streak of <b>2</b> days</span>" in home(client_of(ada))
    change_settings(learner=ada, has_streak=False)
    assert "streak" not in home(client_of(ada))


def test_todays_bar_says_what_the_sentence_says(ada, client_of, clock) -> None:
    grade(ada, "c1", grade=Grade.HARD)
    html = home(client_of(ada))
    assert "Three more cards today" in html  # two new ones, and the hard one again
    assert bars(html) == {"Monday, 2 March": 3, "Tuesday, 3 March": 1}


def test_a_page_travels_compressed_to_whoever_can_read_that(client, deck) -> None:
    page, packed = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert not page.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert "Start reviewing" in gzip.decompress(packed.content).decode()
    assert len(packed.content) < len(page.content) * 0.7


def test_it_counts_each_deck(ada, client_of, clock) -> None:
    grade(ada, "c1")
    Card.objects.filter(key="c3").update(answer="")
    clock.tick(days=1)
    html = home(client_of(ada))
    assert "3 cards · 1 learnt · <b>1</b> due · 1 needs an answer" in html


def test_its_queries_do_not_grow_with_the_decks(ada, client_of, clock, django_assert_max_num_queries) -> None:
    for number in range(12):
        make_deck(owner=ada, name=f"deck {number}", now=START)
    client = client_of(ada)
    with django_assert_max_num_queries(10):
        home(client)


def test_a_day_that_is_done_takes_few_queries_too(
    ada, client_of, clock, django_assert_max_num_queries
) -> None:
    time(ada, 60)
    Schedule.objects.update(due_on=START.date() + timedelta(days=9))
    ada.new_per_day = 0
    ada.save()
    client = client_of(ada)
    with django_assert_max_num_queries(17):
        assert "Wednesday, 11 March" in home(client)
