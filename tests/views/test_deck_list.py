"""The list of decks."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.actions.decks import archive_deck, leave_deck, make_deck
from cards.cardtext import Wording
from tests.conftest import START

URL = "/decks/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def text_of(client) -> str:
    html = client.get(URL).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_it_shows_the_public_decks_to_anybody(client) -> None:
    text = text_of(client)
    assert "Shared deck 3 cards" in text
    assert "New deck" in text
    assert "From a questionnaire" in text
    assert "For everybody" in text


def test_it_shows_ones_own_decks_apart_with_what_they_need(client_of, ada) -> None:
    make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("A?", ""), Wording("B?", "b")))
    text = text_of(client_of(ada))
    assert re.search(r"Yours Ada&#x27;s 2 cards · 1 needs an answer Everybody’s Shared deck", text)


def test_it_shows_archived_decks_apart(client_of, ada) -> None:
    archive_deck(deck=make_deck(owner=ada, name="Old", now=START), now=START)
    text = text_of(client_of(ada))
    assert re.search(r"1 in the archive Old", text)
    assert "Yours" not in text


def test_it_says_which_decks_one_does_not_study(client_of, ada, deck) -> None:
    assert "not studied" not in text_of(client_of(ada))
    leave_deck(learner=ada, deck=deck)
    assert "Shared deck 3 cards · not studied" in text_of(client_of(ada))


def test_it_needs_as_many_queries_for_many_decks(client_of, ada) -> None:
    client = client_of(ada)
    counts = []
    for more in (1, 20):
        for number in range(more):
            make_deck(owner=ada, name=f"Deck {number}", now=START, wordings=(Wording("A?", ""),))
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
