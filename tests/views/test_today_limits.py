"""More cards than usual, or fewer, for today only."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cards.models import Card, Learner, Schedule
from tests.conftest import START

URL = "/today/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def due(learner: Learner, *keys: str) -> None:
    for key in keys:
        Schedule.objects.create(
            learner=learner, card=Card.objects.get(key=key), number=1, due_on=START.date(), interval_days=6,
            ease_hundredths=250, repetitions=2, lapses=0, is_suspended=False,
            first_graded_on=START.date() - timedelta(days=9),
        )  # fmt: skip


def page(client, url: str) -> str:
    return client.get(url).content.decode()


def test_somebody_unknown_has_no_such_page(client) -> None:
    assert client.get(URL).status_code == 404
    assert client.post(URL, {"new": 1}).status_code == 404
    assert not Learner.objects.exists()


def test_it_holds_for_today_and_says_so_at_home(client_of, ada, clock) -> None:
    client = client_of(ada)
    html = client.post(URL, {"new": "1", "reviews": ""}, follow=True).content.decode()
    assert "One card today" in html
    assert "Only today: 1 new card." in html
    assert 'name="new" value="1"' in page(client, URL)
    clock.tick(days=1)
    html = page(client, "/")
    assert "Three cards today" in html
    assert "Only today" not in html


def test_it_is_as_usual_again(client_of, ada) -> None:
    client = client_of(ada)
    client.post(URL, {"new": "0", "reviews": "0"})
    html = page(client, URL)
    assert "As usual again" in html
    assert "As usual: 20 new cards a day." in html
    client.post(URL)
    assert "Three cards today" in page(client, "/")
    assert "As usual again" not in page(client, URL)


@pytest.mark.parametrize(
    "wrong", [{"new": "-1"}, {"reviews": "many"}, {"new": "10000"}, {"then": "elsewhere"}]
)
def test_it_refuses_what_is_no_limit(client_of, ada, wrong) -> None:
    assert client_of(ada).post(URL, {"new": "", "reviews": "", **wrong}).status_code == 422
    ada.refresh_from_db()
    assert ada.exception_on is None


def test_the_end_of_the_day_says_what_is_kept_back_and_lets_more_come(client_of, ada) -> None:
    due(ada, "c1", "c2", "c3")
    Learner.objects.update(reviews_per_day=1, new_per_day=0)
    client, review = client_of(ada), reverse("cards:review")
    grade = {"card": Card.objects.get(key="c1").pk, "part": 0, "n": 1, "grade": 3}
    html = client.post(reverse("cards:grade"), grade, follow=True).content.decode()
    assert "Done for today: 1 card." in html
    for at in (html, page(client, "/")):
        assert "2 more cards are due. Your limits leave them for the next days." in at
        assert '<button class="plain" name="reviews" value="11">Two more reviews today</button>' in at
        assert "more new" not in at
    answer = client.post(URL, {"then": "review", "new": "", "reviews": "11"})
    assert answer.url == review
    html = page(client, review)
    assert "Prompt 2?" in html
    assert "<b>2</b> to review" in html


def test_more_of_one_kind_leaves_the_exception_of_the_other(client_of, ada) -> None:
    Learner.objects.update(new_per_day=0)
    client = client_of(ada)
    client.post(URL, {"new": "", "reviews": "5"})
    html = page(client, reverse("cards:review"))
    assert "Three more new cards today" in html
    assert '<input type="hidden" name="reviews" value="5">' in html


def test_when_nothing_comes_though_cards_are_due_it_says_so(client_of, ada) -> None:
    due(ada, "c1")
    Learner.objects.update(reviews_per_day=0, new_per_day=0)
    for url in ("/", reverse("cards:review")):
        html = page(client_of(ada), url)
        assert "Nothing more comes today." in html
        assert "1 more card is due. Your limits leave it for the next days." in html


def test_what_is_kept_back_is_tomorrows_load(client_of, ada) -> None:
    due(ada, "c1", "c2", "c3")
    Learner.objects.update(reviews_per_day=1)
    html = page(client_of(ada), "/")
    assert "One card today" in html
    assert "<b>2</b>" in html
