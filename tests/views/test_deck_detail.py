"""One deck: what it is about, its cards, where the learner stands; and its buttons."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.cards import archive_card, make_card
from cards.actions.decks import make_deck
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Deck, Enrolment, Learner, Schedule
from cards.scheduling import Grade
from tests.conftest import START


@pytest.fixture
def own(ada: Learner, clock) -> Deck:
    wordings = (Wording("One **bold** thing?", "1"), Wording("Two?", ""))
    return make_deck(owner=ada, name="Ada's", description="About *losses*.", now=START, wordings=wordings)


def url(deck: Deck, view: str = "deck_detail") -> str:
    return reverse(f"cards:{view}", args=[deck.pk])


def text_of(response) -> str:
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_it_shows_the_deck_to_its_owner(client_of, ada, own) -> None:
    response = client_of(ada).get(url(own))
    text = text_of(response)
    assert "<em>losses</em>" in response.content.decode()
    assert "2 cards" in text
    assert "One bold thing? new" in text
    assert "Two? needs an answer · new" in text
    assert "Write a card" in text
    assert "Stop studying it" in text
    assert "Put the deck in the archive" in text


def test_it_shows_a_public_deck_to_anybody_without_an_editors_buttons(client, deck, clock) -> None:
    text = text_of(client.get(url(deck)))
    assert "Prompt 1? new" in text
    assert "3 cards" in text
    assert "Write a card" not in text
    assert "archive" not in text
    assert not Learner.objects.exists()


def test_a_long_prompt_ends_with_a_whole_word(client_of, ada, own) -> None:
    own.cards.update(prompt="Which of many words ends the line of a list? " * 4)
    text = text_of(client_of(ada).get(url(own)))
    assert "Which of many words ends the line of a list? Which of many words ends the line of a… " in text


def test_it_says_when_each_card_is_due(client_of, ada, own, clock) -> None:
    card = own.cards.first()
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    client = client_of(ada)
    assert "One bold thing? due 3 March" in text_of(client.get(url(own)))
    clock.tick(days=1)
    assert "One bold thing? due " in text_of(client.get(url(own)))
    assert "3 March" not in text_of(client.get(url(own)))
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=1, grade=Grade.AGAIN, now=clock.now)
    assert "One bold thing? again today" in text_of(client.get(url(own)))
    Schedule.objects.update(is_suspended=True)
    assert "One bold thing? suspended" in text_of(client.get(url(own)))


def test_it_links_to_the_practice_of_this_deck(client_of, ada, own) -> None:
    client = client_of(ada)
    [address] = re.findall(r'href="(/review/\?practise=[^"]+)"', client.get(url(own)).content.decode())
    assert f"<b>{own.cards.count()}</b> practised" in client.get(address).content.decode()
    empty = make_deck(owner=ada, name="E", now=START)
    assert "practise=" not in client.get(url(empty)).content.decode()


def test_it_keeps_archived_cards_apart(client_of, ada, bob, deck, own, clock) -> None:
    archive_card(card=own.cards.get(prompt="Two?"), now=START)
    text = text_of(client_of(ada).get(url(own)))
    assert "1 card " in text
    assert "1 card in the archive Two?" in text
    archive_card(card=deck.cards.get(key="c2"), now=START)
    assert "Prompt 2?" not in text_of(client_of(bob).get(url(deck)))


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_it_needs_as_many_queries_for_many_cards(name, client, client_of, ada, deck, clock) -> None:
    client = client_of(ada) if name == "ada" else client
    counts = []
    for more in (0, 57):
        for number in range(more):
            make_card(deck=deck, wording=Wording(f"More {number}?", ""), author=None, now=START)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(deck))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11  # one of them counts what is unread in the inbox


def test_it_pages_a_big_deck(client, deck, clock) -> None:
    for number in range(4, 103):
        make_card(deck=deck, wording=Wording(f"Prompt {number}?", ""), author=None, now=START)
    first, second = text_of(client.get(url(deck))), text_of(client.get(url(deck), {"page": 2}))
    assert "Prompt 100?" in first
    assert "Prompt 101?" not in first
    assert "Page 1 of 2" in first
    assert "Prompt 101?" in second
    assert "Prompt 102?" in second
    assert "102 cards" in second
    for odd in ("0", "-1", "99", "x", "9" * 30):
        assert client.get(url(deck), {"page": odd}).status_code == 200


def test_it_starts_and_stops_studying(client_of, bob, deck, clock) -> None:
    client = client_of(bob)
    page = client.post(url(deck, "deck_study"), {"to": "stop"}, follow=True)
    assert "Study this deck" in text_of(page)
    assert not Enrolment.objects.filter(learner=bob).exists()
    page = client.post(url(deck, "deck_study"), {"to": "study"}, follow=True)
    assert "Stop studying it" in text_of(page)
    assert Enrolment.objects.filter(learner=bob, deck=deck).exists()


def test_studying_makes_a_guest(client, deck, clock) -> None:
    Deck.objects.update(is_starter=False)
    assert "Study this deck" in text_of(client.get(url(deck)))
    client.post(url(deck, "deck_study"), {"to": "study"})
    assert Enrolment.objects.get().learner.is_guest


def test_its_owner_renames_it(client_of, ada, own) -> None:
    client = client_of(ada)
    assert "About *losses*." in client.get(url(own, "deck_edit")).content.decode()
    client.post(url(own, "deck_edit"), {"name": "New", "description": ""})
    own.refresh_from_db()
    assert (own.name, own.description) == ("New", "")
    refused = client.post(url(own, "deck_edit"), {"name": " ", "description": "typed"})
    assert refused.status_code == 422
    assert "typed" in refused.content.decode()


def test_its_owner_archives_it_and_brings_it_back(client_of, ada, own) -> None:
    client = client_of(ada)
    page = client.post(url(own, "deck_archive"), {"to": "archive"}, follow=True)
    assert "This deck is in the archive" in text_of(page)
    client.post(url(own, "deck_archive"), {"to": "archive"})
    assert Deck.objects.get(pk=own.pk).archived_at == START
    page = client.post(url(own, "deck_archive"), {"to": "back"}, follow=True)
    assert "Put the deck in the archive" in text_of(page)
    assert Deck.objects.get(pk=own.pk).archived_at is None


@pytest.mark.parametrize("view", ["deck_archive", "deck_study"])
@pytest.mark.parametrize("data", [{}, {"to": "nonsense"}])
def test_a_button_that_does_not_exist_does_nothing(view, data, client_of, ada, own) -> None:
    assert client_of(ada).post(url(own, view), data).status_code == 404
    assert Deck.objects.active().filter(pk=own.pk, enrolments__learner=ada).exists()


def test_the_hour_decides_what_is_due(client_of, ada, own, clock) -> None:
    """Before four in the morning it is still yesterday's study day."""
    grade_card(learner=ada, card_id=own.cards.first().pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    clock.set(START.replace(hour=3) + timedelta(days=1))
    assert "due 3 March" in text_of(client_of(ada).get(url(own)))
