"""Catching up after a break: what would be, what was done, and back."""

import re
from datetime import timedelta

import pytest

from cards.actions.learners import change_settings
from cards.actions.study import grade_card
from cards.models import Card, Learner, Schedule, StudyEvent
from cards.scheduling import Grade, Kind
from tests.conftest import START

URL = "/catch-up/"


@pytest.fixture(autouse=True)
def _world(ada, clock) -> None:
    """Ada's three cards are due; she was away for a month."""
    for card in Card.objects.all():
        grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    clock.set(START + timedelta(days=30))


def page(client, **query) -> str:
    return client.get(URL, query).content.decode()


def fields(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def rows(html: str) -> list[tuple[int, int]]:
    found = re.findall(r"<td><span>(\d+)</span>.*?<td><span>(\d+)</span>", html, re.DOTALL)
    return [(int(before), int(after)) for before, after in found]


def test_somebody_unknown_has_no_such_page(client) -> None:
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"days": 3}).status_code == 404


def test_it_shows_each_day_as_it_is_and_as_it_would_be(client_of, ada) -> None:
    html = page(client_of(ada), days=3)
    assert "3 cards due, over 3 days" in html
    assert rows(html) == [(3, 1), (0, 1), (0, 1)]
    assert "2 cards come later" in html
    assert not StudyEvent.objects.filter(kind=Kind.MOVED).exists()


def test_htmx_gets_the_plan_alone(client_of, ada) -> None:
    html = client_of(ada).get(URL, {"days": 2}, headers={"HX-Request": "true"}).content.decode()
    assert html.lstrip().startswith('<section id="plan">')
    assert rows(html) == [(3, 2), (0, 1)]


@pytest.mark.parametrize("days", ["1", "61", "many"])
def test_it_refuses_days_that_cannot_be(client_of, ada, days) -> None:
    response = client_of(ada).get(URL, {"days": days})
    assert response.status_code == 422
    html = response.content.decode()
    assert 'aria-invalid="true"' in html
    assert "over 7 days" in html


def test_it_does_what_was_shown_once_says_so_and_takes_it_back(client_of, ada) -> None:
    client = client_of(ada)
    shown = fields(page(client, days=3))
    for _ in range(2):
        html = client.post(URL, shown, follow=True).content.decode()
    assert "Today 2 cards were moved to later days." in html
    assert "changed since" not in html
    assert StudyEvent.objects.filter(kind=Kind.MOVED).count() == 2
    assert "One card today" in client.get("/").content.decode()
    undone = client.post("/undo/", {"act": fields(html)["act"], "next": URL}, follow=True).content.decode()
    assert "Taken back for 2 cards." in undone
    assert "moved to later days" not in undone
    assert "Three cards today" in client.get("/").content.decode()


def test_what_changed_since_is_shown_anew_and_nothing_is_moved(client_of, ada) -> None:
    client = client_of(ada)
    shown = fields(page(client, days=3))
    client.post("/review/grade/", {"card": Card.objects.get(key="c1").pk, "part": 0, "n": 1, "grade": 3})
    html = client.post(URL, shown, follow=True).content.decode()
    assert "Your cards have changed since." in html
    assert "2 cards due" in html
    assert not StudyEvent.objects.filter(kind=Kind.MOVED).exists()


@pytest.mark.parametrize(
    "wrong", [{}, {"days": "3"}, {"days": "3", "plan": "mine"}, {"days": "99", "plan": ""}]
)
def test_what_is_no_plan_is_not_there(client_of, ada, wrong) -> None:
    assert client_of(ada).post(URL, wrong).status_code == 404


def test_nothing_due_is_said(client_of, bob) -> None:
    html = page(client_of(bob))
    assert "Nothing is due." in html
    assert "<table" not in html


def test_it_says_that_easy_days_get_none(client_of, ada) -> None:
    change_settings(learner=ada, easy_days="uuunuuu")  # today is a Wednesday
    html = page(client_of(ada), days=3)
    assert rows(html) == [(3, 2), (0, 0), (0, 1)]
    assert "Your easy days get none." in html
    change_settings(learner=ada, easy_days="nuuuuuu")
    assert "Your easy days" not in page(client_of(ada), days=3)


def test_it_says_when_a_limit_is_less_than_a_day_would_hold(client_of, ada) -> None:
    Learner.objects.update(reviews_per_day=1)
    client = client_of(ada)
    assert "Your limit of 1 review a day is less than that." in page(client, days=2)
    assert "Your limit" not in page(client, days=3)


@pytest.mark.parametrize(("count", "is_offered"), [(29, False), (30, True)])
def test_home_offers_it_when_there_is_a_backlog(client_of, ada, count, is_offered) -> None:
    Schedule.objects.all().delete()
    cards = Card.objects.bulk_create(
        Card(deck=Card.objects.first().deck, position=n, prompt=f"{n}", created_at=START)
        for n in range(count)
    )
    Schedule.objects.bulk_create(
        Schedule(
            learner=ada, card=card, number=1, due_on=START.date(), interval_days=1, ease_hundredths=250,
            repetitions=1, lapses=0, is_suspended=False,
        )
        for card in cards
    )  # fmt: skip
    assert ("Spread what is due" in client_of(ada).get("/").content.decode()) == is_offered
