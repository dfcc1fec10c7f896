"""Writing a card, with pictures, with and without JavaScript."""

import re
import threading
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse
from PIL import Image

from cards.actions.cards import archive_card
from cards.actions.decks import make_deck
from cards.models import Card, Deck, Learner, Picture
from tests.conftest import START


@pytest.fixture
def own(ada: Learner, clock) -> Deck:
    return make_deck(owner=ada, name="Ada's", now=START)


@pytest.fixture
def client(client_of, ada):
    return client_of(ada)


def url(deck: Deck) -> str:
    return reverse("cards:card_new", args=[deck.pk])


def png() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (3, 2), "teal").save(file, "PNG")
    return SimpleUploadedFile("plot.png", file.getvalue(), "image/png")


def typed(response, name: str) -> str:
    """What stands in a textarea of the page."""
    found = re.search(
        rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', response.content.decode(), re.DOTALL
    )
    assert found is not None
    return unescape(found[1])


def test_it_writes_a_card_and_goes_back_to_the_deck(client, ada, own) -> None:
    assert b"What you write is shown here" in client.get(url(own)).content
    response = client.post(
        url(own), {"prompt": "Why?\r\n", "answer": "So.\r\nAnd so.", "details": "tags: A, b"}
    )
    card = own.cards.get()
    assert response.url == own.get_absolute_url()
    assert (card.prompt, card.answer, card.details) == ("Why?", "So.\nAnd so.", "tags: A, b")
    assert card.revisions.get().author == ada


def test_it_goes_on_to_the_next_card(client, own) -> None:
    response = client.post(url(own), {"prompt": "Why?", "act": "another"}, follow=True)
    assert own.cards.count() == 1
    assert typed(response, "prompt") == ""
    assert "Written: Why?" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"prompt": " "}, "prompt", "A card needs a prompt."),
        ({"prompt": "x" * 10_001}, "prompt", "at most 10,000 fit"),
        ({"prompt": "Why?", "details": "tags: a\nnonsense"}, "details", "Line 2:"),
        ({"prompt": "Nul\0?"}, "prompt", "Null characters"),
    ],
)
def test_it_names_what_is_wrong_at_its_field_and_keeps_the_rest(data, field, said, client, own) -> None:
    response = client.post(url(own), {"answer": "Typed <b>so</b>", **data})
    html = response.content.decode()
    assert response.status_code == 422
    assert typed(response, "answer") == "Typed <b>so</b>"
    error = re.search(rf'id="id_{field}_error">(.*?)</ul>', html, re.DOTALL)
    assert error is not None
    assert said in error[1]
    assert not own.cards.exists()


def test_without_javascript_a_button_shows_the_preview_and_keeps_all(client, own) -> None:
    data = {"prompt": "**Why?**", "answer": "Typed", "details": "tags: a", "act": "preview"}
    response = client.post(url(own), data)
    assert response.status_code == 200
    assert "<strong>Why?</strong>" in response.content.decode()
    assert [typed(response, name) for name in ("prompt", "answer", "details")] == [
        "**Why?**",
        "Typed",
        "tags: a",
    ]
    assert not own.cards.exists()
    assert client.post(url(own), {"act": "preview"}).status_code == 422


def test_without_javascript_a_button_puts_a_picture_into_the_answer(client, ada, own) -> None:
    data = {"answer": "See:", "picture": png(), "picture_text": "a [teal] field", "act": "picture"}
    response = client.post(url(own), data)
    picture = Picture.objects.get(owner=ada)
    assert response.status_code == 200
    assert typed(response, "answer") == f"See:\n\n![a teal field](/pictures/{picture.pk})"
    assert not own.cards.exists()


def test_a_picture_that_was_chosen_is_not_lost_when_one_saves(client, own) -> None:
    client.post(url(own), {"prompt": "Why?", "picture": png()})
    picture = Picture.objects.get()
    card = own.cards.get()
    assert card.answer == f"![](/pictures/{picture.pk})"
    assert card.pictures.get() == picture


def test_a_refused_picture_is_said_at_its_field(client, own) -> None:
    file = SimpleUploadedFile("plot.png", b"no picture")
    response = client.post(url(own), {"prompt": "Why?", "picture": file})
    assert response.status_code == 422
    assert "That is no picture that can be read" in response.content.decode()
    assert typed(response, "prompt") == "Why?"
    assert not own.cards.exists()
    assert "Choose a file first." in client.post(url(own), {"act": "picture"}).content.decode()


def test_a_strange_button_writes_nothing(client, own) -> None:
    assert client.post(url(own), {"prompt": "Why?", "act": "nonsense"}).status_code == 422
    assert not Card.objects.filter(deck=own).exists()


# --- a double click -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["save", "another"])
def test_the_form_sent_twice_writes_one_card(act, client, own) -> None:
    data = {"prompt": "Why?", "answer": "So.", "act": act}
    first, second = client.post(url(own), data), client.post(url(own), data)
    assert first.url == second.url
    card = own.cards.get()
    assert card.revisions.count() == 1


def test_the_form_sent_twice_with_a_picture_writes_one_card_with_one(client, own) -> None:
    for _ in range(2):
        client.post(url(own), {"prompt": "Why?", "picture": png(), "picture_text": "a field"})
    picture = Picture.objects.get()
    assert own.cards.get().answer == f"![a field](/pictures/{picture.pk})"


@pytest.mark.django_db(transaction=True)
def test_both_halves_at_once_write_one_card(client_of, ada, own) -> None:
    barrier = threading.Barrier(8)
    answers: list[str] = []

    def click() -> None:
        half = client_of(ada)
        try:
            barrier.wait(30)
            answers.append(half.post(url(own), {"prompt": "Why?", "picture": png()}).url)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [own.get_absolute_url()] * 8
    assert own.cards.count() == Picture.objects.count() == 1


def test_the_same_card_later_is_another(client, own) -> None:
    """One that is followed by a card, or in the archive, is none that a double click has just written."""
    for prompt in ("Why?", "How?", "Why?"):
        client.post(url(own), {"prompt": prompt})
    assert [card.prompt for card in own.cards.all()] == ["Why?", "How?", "Why?"]
    archive_card(card=own.cards.last(), now=START)
    client.post(url(own), {"prompt": "Why?"})
    assert [card.position for card in own.cards.all()] == [0, 1, 2, 3]
