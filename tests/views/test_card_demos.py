"""A card's `demo:` lines: under its answer, on its page, in its editor."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.models import Card

GOOD = "demo: softmax_table activations=1,2"
UNKNOWN = "demo: not_here_yet x=1"
BAD = "demo: softmax_table activations=1,x"


@pytest.fixture
def card(deck, clock) -> Card:
    return deck.cards.get(key="c1")


def says(card: Card, *lines: str) -> None:
    Card.objects.filter(pk=card.pk).update(details="\n".join(lines))


def answer(client, card: Card) -> str:
    return client.get(reverse("cards:review_answer", args=[card.pk]), {"n": 0}).content.decode()


def page(client, card: Card) -> str:
    return client.get(card.get_absolute_url()).content.decode()


@pytest.mark.parametrize("look", [answer, page])
def test_each_demo_has_its_button_the_first_its_key(client, card, look) -> None:
    says(card, GOOD, "demo: lr_find", UNKNOWN)
    html = look(client, card)
    assert html.count('<form class="launch"') == 2
    assert html.count('data-key="d"') == 1
    assert 'hx-post="/demos/softmax_table/run/"' in html
    assert 'action="/demos/softmax_table/run/"' in html
    assert 'name="p-activations" value="1,2"' in html
    assert f'name="card" value="{card.pk}"' in html
    assert "not_here_yet" not in html


@pytest.mark.parametrize("look", [answer, page])
@pytest.mark.parametrize("lines", [[], [UNKNOWN], [BAD]])
def test_one_that_cannot_run_has_none(client, card, look, lines) -> None:
    says(card, *lines)
    html = look(client, card)
    assert "Run it:" not in html
    assert "is no number" not in html


def test_what_is_wrong_is_said_on_the_cards_page_to_who_can_put_it_right(client_of, card, ada, staff) -> None:
    says(card, BAD)
    assert "activations: “x” is no number." in page(client_of(staff), card)
    assert "is no number" not in page(client_of(ada), card)


def test_a_prompt_shows_no_demo(client, card) -> None:
    says(card, GOOD)
    assert "Run it:" not in client.get(reverse("cards:review")).content.decode()


def test_an_answer_takes_no_query_more_for_its_demos(client_of, ada, card) -> None:
    client, counts = client_of(ada), []
    for lines in ([], [GOOD, "demo: lr_find"]):
        says(card, *lines)
        with CaptureQueriesContext(connection) as queries:
            answer(client, card)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the editor -------------------------------------------------------------------------------------------------------


def edit(client, card: Card, details: str):
    data = {
        "prompt": card.prompt, "answer": card.answer, "details": details, "reason": "A demo.",
        "base_number": card.revision_number,
    }  # fmt: skip
    return client.post(reverse("cards:card_edit", args=[card.pk]), data)


def test_the_editor_refuses_parameters_that_the_demo_refuses(client_of, staff, card) -> None:
    response = edit(client_of(staff), card, f"tags: x\n{BAD}")
    html = response.content.decode()
    assert response.status_code == 422
    assert "The demo softmax_table cannot run so. activations: “x” is no number." in html
    assert card.revisions.count() == 1


def test_the_editor_refuses_a_parameter_that_the_demo_does_not_have(client_of, staff, card) -> None:
    html = edit(client_of(staff), card, "demo: softmax_table activation=1,2").content.decode()
    assert "activation: This demo has no such parameter. It has activations." in html


@pytest.mark.parametrize("details", [GOOD, UNKNOWN, "demo: softmax_table"])
def test_the_editor_takes_what_can_run_and_what_may_come_later(client_of, staff, card, details) -> None:
    assert edit(client_of(staff), card, details).status_code == 302
    card.refresh_from_db()
    assert card.details == details
