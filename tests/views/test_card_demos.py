"""A card's `demo:` lines: under its answer, on its page, in its editor."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.demos import demo, demos
from cards.models import Card, DemoRun
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers

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


@pytest.mark.parametrize("look", [answer, page])
def test_every_demo_stands_on_a_groups_card_for_those_in_it_alone(client_of, ada, bob, look) -> None:
    """What its button sends is taken: the run is queued, with the card's own parameters."""
    group = make_readers(ada)
    let_join(group, bob)
    card = deck_of(group).cards.get()
    shipped = (Path(settings.BASE_DIR) / "cards/content/chapter5.md").read_text()
    lines = {line.split()[1]: line for line in re.findall(r"^demo: .*$", shipped, re.M)}
    assert lines.keys() == {each.slug for each in demos()}
    says(card, *lines.values())
    forms = re.findall(r'<form class="launch.*?</form>', look(client_of(bob), card), re.S)
    assert len(forms) == len(lines)
    for form in forms:
        sent = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
        sent = {name: unescape(value) for name, value in sent.items()}
        response = client_of(bob).post(re.search(r' action="([^"]+)"', form)[1], sent)
        assert response.status_code == 302, form
        DemoRun.objects.update(status=DemoRun.Status.CANCELLED, finished_at=START)  # so few may wait at once
    card.refresh_from_db()
    runs = DemoRun.objects.filter(learner=bob).values_list("slug", "parameters")
    assert dict(runs) == {
        link.slug: demo(link.slug).read(dict(link.parameters)) for link in card.wording.demos
    }
    assert client_of(make_learner("eve")).get(card.get_absolute_url()).status_code == 404
