"""Home: today in one sentence."""

import gzip
import re

from django.urls import reverse

from cards.actions.study import grade_card
from cards.models import Card, Learner
from cards.scheduling import Grade
from tests.conftest import START


def home(client) -> str:
    return client.get(reverse("cards:home")).content.decode()


def grade(learner: Learner, key: str, seconds: int | None = None, grade: Grade = Grade.GOOD) -> None:
    card = Card.objects.get(key=key)
    grade_card(
        learner=learner,
        card_id=card.pk,
        part=0,
        shown_number=0,
        grade=grade,
        now=START,
        answer_seconds=seconds,
    )


def bars(html: str) -> dict[str, int]:
    """What the first two bars of the days to come say."""
    found = re.findall(r"<b>(\d+)</b><svg .*?on (\w+ \d+ \w+)</span>", html)
    assert len(found) == 14
    return {day: int(count) for count, day in found[:2]}


def test_it_offers_to_start_at_once_and_makes_no_row(client, deck) -> None:
    html = home(client)
    assert f'href="{reverse("cards:review")}"' in html
    assert "Start reviewing" in html
    assert not Learner.objects.exists()
    assert not client.cookies.get("sessionid")


def test_it_says_what_today_asks_and_how_long_it_takes(ada, client_of, clock) -> None:
    assert "Three cards today, about one minute." in home(client_of(ada))


def test_the_time_is_the_learners_own(ada, client_of, clock) -> None:
    grade(ada, "c1", 120)
    assert "Two more cards today, about four minutes." in home(client_of(ada))


def test_it_says_calmly_when_the_day_is_done(ada, client_of, clock) -> None:
    for key in ("c1", "c2", "c3"):
        grade(ada, key)
    html = home(client_of(ada))
    assert "Done for today." in html
    assert bars(html) == {"Monday 2 March": 0, "Tuesday 3 March": 3}


def test_todays_bar_says_what_the_sentence_says(ada, client_of, clock) -> None:
    grade(ada, "c1", grade=Grade.HARD)
    html = home(client_of(ada))
    assert "Three more cards today" in html  # two new ones, and the hard one again
    assert bars(html) == {"Monday 2 March": 3, "Tuesday 3 March": 1}


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
    from cards.actions.decks import make_deck

    for number in range(12):
        make_deck(owner=ada, name=f"deck {number}", now=START)
    client = client_of(ada)
    with django_assert_max_num_queries(8):
        home(client)
