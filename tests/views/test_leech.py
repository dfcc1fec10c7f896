"""What is said of a card that was forgotten too often, and what can be done with it, right where it is said."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.decks import make_deck
from cards.actions.learners import change_settings
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Learner, Schedule
from cards.scheduling import Grade
from tests.conftest import SIGNED_IN, START

HTMX = {"HTTP_HX_REQUEST": "true"}
SAID = "Forgotten 2 times by now:"


@pytest.fixture
def forgotten(ada: Learner, deck, clock) -> Card:
    """A card that Ada has known and forgotten once; she knows it again, and is told of the second lapse."""
    card = Card.objects.get(key="c1")
    change_settings(learner=ada, leech_lapses=2)
    for n, grade in enumerate([Grade.GOOD, Grade.AGAIN, Grade.GOOD]):
        grade_card(
            learner=ada,
            card_id=card.pk,
            part=0,
            shown_number=n,
            grade=grade,
            now=START + n * timedelta(days=1),
        )
    clock.set(START + timedelta(days=3))
    return card


def send(client: Client, card: Card, n: int = 3, grade: Grade = Grade.AGAIN, **more):
    return client.post("/review/grade/", {"card": card.pk, "part": 0, "n": n, "grade": grade.value}, **more)


def notice(html: str) -> str | None:
    found = re.search(r'<section class="leech note warm".*', html, re.DOTALL)
    return found and found[0].split('<h1 class="unseen">')[0]


def test_it_is_said_above_the_next_card_with_what_can_be_done(client_of, ada, forgotten) -> None:
    html = send(client_of(ada), forgotten, **HTMX).content.decode()
    said = notice(html)
    assert said
    assert re.search(rf'{SAID} <a href="/cards/{forgotten.pk}/">Prompt 1\?</a>', said)
    assert "Answer 1." not in said
    assert f'<a href="/cards/{forgotten.pk}/suggest/?next=%2Freview%2F" data-key="e">Suggest an edit' in said
    assert f'name="cards" value="{forgotten.pk}"' in said
    assert 'value="suspend" data-key="l"' in said
    assert html.index(SAID) < html.index('<div class="prompt content">')


def test_of_ones_own_card_it_is_the_edit_itself(client_of, ada, forgotten) -> None:
    forgotten.deck.owner = ada
    forgotten.deck.save()
    said = notice(send(client_of(ada), forgotten, **HTMX).content.decode())
    assert f'<a href="/cards/{forgotten.pk}/edit/" data-key="e">Edit it' in said
    assert "Suggest" not in said


@pytest.mark.parametrize(
    ("line", "is_there"), [("demo: softmax_table", True), ("demo: softmax_table logits=x", False)]
)
def test_a_demo_of_the_card_can_be_run_there(client_of, ada, forgotten, line, is_there) -> None:
    Card.objects.filter(pk=forgotten.pk).update(details=line)
    said = notice(send(client_of(ada), forgotten, **HTMX).content.decode())
    assert ("Run it: Softmax" in said) == is_there
    assert ('hx-post="/demos/softmax_table/run/"' in said) == is_there
    assert (f'name="card" value="{forgotten.pk}"' in said) == is_there


def test_without_javascript_its_address_says_it_that_day_and_a_reload_says_it_again(
    client_of, ada, forgotten, clock
) -> None:
    client = client_of(ada)
    response = send(client, forgotten)
    assert response.url == f"/review/?leech={forgotten.pk}"
    first, again = (client.get(response.url).content.decode() for _ in range(2))
    assert notice(first)
    assert notice(again)
    assert notice(client.get("/review/").content.decode()) is None
    clock.tick(days=1)
    assert notice(client.get(response.url).content.decode()) is None


def test_htmx_gets_the_address_that_says_it_again(client_of, ada, forgotten) -> None:
    assert send(client_of(ada), forgotten, **HTMX)["HX-Replace-Url"] == f"/review/?leech={forgotten.pk}"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_both_halves_of_a_double_click_say_it(client_of, ada, forgotten, headers) -> None:
    client = client_of(ada)
    for _ in range(2):
        html = send(client, forgotten, follow=True, **headers).content.decode()
        assert notice(html)
    assert Schedule.objects.get(card=forgotten).lapses == 2


def test_suspended_there_it_comes_no_more_and_nothing_is_said_of_it(client_of, ada, forgotten) -> None:
    client = client_of(ada)
    html = send(client, forgotten, **HTMX).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', notice(html)))
    response = client.post("/cards/act/", form | {"act": "suspend"}, **HTMX)
    assert "1 card is suspended." in response.content.decode()
    assert notice(response.content.decode()) is None
    assert response["HX-Replace-Url"] == "/review/"
    assert Schedule.objects.get(card=forgotten).is_suspended
    assert notice(client.get(f"/review/?leech={forgotten.pk}").content.decode()) is None
    call_command("replay", "--check")


@pytest.mark.parametrize(
    ("limit", "grade"),
    [(2, Grade.HARD), (2, Grade.GOOD), (1, Grade.GOOD), (3, Grade.AGAIN), (0, Grade.AGAIN)],
)
def test_nothing_is_said_of_a_card_that_is_none_or_was_known(client_of, ada, forgotten, limit, grade) -> None:
    change_settings(learner=ada, leech_lapses=limit)
    client = client_of(ada)
    response = send(client, forgotten, grade=grade)
    assert response.url == "/review/"
    assert notice(client.get(f"/review/?leech={forgotten.pk}").content.decode()) is None


def test_a_repeat_of_the_day_and_a_failure_without_a_lapse_say_nothing(
    client_of, ada, forgotten, clock
) -> None:
    client = client_of(ada)
    send(client, forgotten)
    assert send(client, forgotten, 4).url == "/review/"  # the same day again
    clock.tick(days=1)
    assert send(client, forgotten, 5).url == "/review/"  # it was not known in between
    assert Schedule.objects.get(card=forgotten).lapses == 2


def test_a_grade_that_was_taken_back_says_it_when_it_is_given_again(client_of, ada, forgotten) -> None:
    client = client_of(ada)
    html = send(client, forgotten, **HTMX).content.decode()
    act = re.search(r'name="act" value="(event:[^"]+)"', html)[1]
    html = client.post("/undo/", {"act": act}, **HTMX).content.decode()
    assert notice(html) is None
    assert notice(client.get(f"/review/?leech={forgotten.pk}").content.decode()) is None
    assert notice(send(client, forgotten, 5, **HTMX).content.decode())


def test_an_address_tells_nobody_of_a_card_that_is_not_theirs(client, client_of, ada, bob, forgotten) -> None:
    hidden = make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("Secret?", "", ""),)).cards.get()
    send(client_of(ada), forgotten)
    for each in (client, client_of(bob)):
        for card_id in (forgotten.pk, hidden.pk, 2**60):
            html = each.get("/review/", {"leech": card_id}).content.decode()
            assert notice(html) is None
            assert "Secret?" not in html
    assert client.get("/review/?leech=x").status_code == 404


def test_of_a_card_that_may_no_longer_be_seen_nothing_is_said(client_of, ada, forgotten) -> None:
    make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("Comes next?", "", ""),))
    client = client_of(ada)
    url = send(client, forgotten).url
    forgotten.deck.is_public = False
    forgotten.deck.save()
    html = client.get(url).content.decode()
    assert "Comes next?" in html
    assert notice(html) is None


@pytest.mark.parametrize("limit", [0, 2])
def test_a_grade_takes_as_many_queries_with_it_as_without(client_of, ada, forgotten, limit) -> None:
    """Session, account, card with schedule, event, schedule, next card with the counts; and the day."""
    change_settings(learner=ada, leech_lapses=limit)
    client = client_of(ada)
    with CaptureQueriesContext(connection) as queries:
        html = send(client, forgotten, **HTMX).content.decode()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    assert bool(notice(html)) == bool(limit)
    assert len([query for query in queries if not query["sql"].startswith(control)]) == SIGNED_IN + 5


def test_the_page_of_keys_names_them(client) -> None:
    html = client.get(reverse("cards:keys")).content.decode()
    assert "<kbd>E</kbd> <kbd>L</kbd> <kbd>D</kbd>" in html
