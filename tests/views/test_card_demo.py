"""Attaching a demo to a card in its editor, with and without JavaScript."""

import subprocess
import sys

import pytest
from django.urls import reverse

from cards.actions.cards import make_card
from cards.actions.decks import make_deck
from cards.cardtext import DemoLink, Wording, clean, demo_texts, with_demo, without_demo
from cards.forms.demo_runs import demos_of
from cards.models import Card
from tests.conftest import START
from tests.views.plain_browser import press

URL = reverse("cards:card_demo")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def card(ada, clock) -> Card:
    deck = make_deck(owner=ada, name="Ada's", now=START)
    return make_card(deck=deck, wording=Wording("Why?", "So.", "tags: a"), author=ada, now=START)


@pytest.fixture
def client(client_of, ada):
    return client_of(ada)


def edit_url(card: Card) -> str:
    return reverse("cards:card_edit", args=[card.pk])


def test_without_javascript_it_is_chosen_set_attached_and_saved(client, card) -> None:
    page = client.get(edit_url(card))
    page = press(client, page, "Set its parameters", demo="softmax_table", answer="Typed, not saved.")
    html = page.content.decode()
    assert page.status_code == 200
    assert 'name="p-activations"' in html
    assert "Typed, not saved." in html
    page = press(client, page, "Attach it", **{"p-activations": "1, -2.5"})
    html = page.content.decode()
    assert "The demo is attached." in html
    assert "demo: softmax_table activations=1,-2.5" in html
    card.refresh_from_db()
    assert card.revision_number == 1
    press(client, page, "Save", reason="A demo.")
    card.refresh_from_db()
    assert card.details.startswith("tags: a\ndemo: softmax_table activations=1,-2.5")
    [attached] = demos_of(card.wording)
    assert attached.errors == ()
    assert attached.demo.read(dict(attached.link.parameters))["activations"] == [1, -2.5]
    assert clean(card.prompt, card.answer, card.details) == card.wording


def test_without_javascript_it_is_taken_off_and_nothing_is_saved_by_that(client, card) -> None:
    Card.objects.filter(pk=card.pk).update(
        details="tags: a\ndemo: softmax_table activations=1,2\ndemo: not_here title='two words'"
    )
    page = client.get(edit_url(card))
    assert "A demo that is not here" in page.content.decode()
    data = {
        "prompt": "Why?",
        "answer": "So.",
        "details": Card.objects.get(pk=card.pk).details,
        "base_number": 1,
    }
    answer = client.post(edit_url(card), {**data, "detach": "softmax_table activations=1,2"})
    assert answer.status_code == 200
    assert "tags: a\ndemo: not_here" in answer.content.decode().replace("\r", "")
    assert Card.objects.get(pk=card.pk).revision_number == 1


def test_what_is_wrong_is_said_at_its_field(client, card) -> None:
    data = {
        "prompt": "Why?",
        "details": "tags: a",
        "demo": "softmax_table",
        "shown": "softmax_table",
        "act": "attach",
    }
    for address, headers in ((edit_url(card), {}), (URL, HTMX)):
        response = client.post(address, {**data, "base_number": 1, "p-activations": "one"}, headers=headers)
        html = response.content.decode()
        assert response.status_code == 422
        assert "“one” is no number." in html[html.index('id="id_p-activations_error"') :]
        assert "demo: softmax_table" not in html


def test_htmx_gets_the_part_and_the_details_in_their_place(client, card) -> None:
    data = {
        "details": "tags: a\r\nnonsense",
        "demo": "softmax_table",
        "shown": "softmax_table",
        "act": "attach",
    }
    response = client.post(URL, {**data, "p-activations": "1,2"}, headers=HTMX)
    html = response.content.decode()
    assert "<html" not in html
    assert 'hx-swap-oob="true"' in html
    assert "tags: a\nnonsense\ndemo: softmax_table activations=1,2" in html
    assert response["HX-Trigger-After-Settle"] == '{"attached": {}}'


def test_another_demo_than_the_one_whose_parameters_are_shown_is_not_attached(client, card) -> None:
    response = client.post(
        URL, {"demo": "lr_find", "shown": "softmax_table", "act": "attach", "p-activations": "1"}
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert 'name="shown" value="lr_find"' in html
    assert "p-activations" not in html


@pytest.mark.parametrize("data", [{}, {"demo": "../../etc", "act": "demo"}, {"act": "attach", "demo": "x\0"}])
def test_a_demo_that_there_is_not_is_refused(client, card, data) -> None:
    response = client.post(URL, data)
    assert response.status_code == 422
    assert "Choose a demo." in response.content.decode()


def test_details_as_they_are_typed_keep_what_is_not_a_demo() -> None:
    typed = "Tags: a\r\n\r\nDEMO :  x a=1 \nnonsense\ndemo: x a=1"
    assert demo_texts(typed) == ["x a=1", "x a=1"]
    assert without_demo(typed, "x a=1") == "Tags: a\n\nnonsense\ndemo: x a=1"
    assert without_demo(typed, "y") == typed
    assert with_demo("", DemoLink("x", (("a", "two words"),))) == 'demo: x a="two words"'


def test_the_editor_loads_nothing_that_computes() -> None:
    code = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'chapter5.settings'); django.setup();"
        "from cards.forms.attach import Attaching; print(len(Attaching('').choices), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"
