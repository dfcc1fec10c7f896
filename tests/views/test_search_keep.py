"""Keeping a search under a name."""

import pytest
from django.test import Client

from cards.actions import search
from cards.actions.search import save_search
from cards.models import Learner, SavedSearch
from tests.conftest import START
from tests.views.plain_browser import press


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def keep(client: Client, q: str, name: str, follow: bool = True):
    return press(client, client.get("/search/", {"q": q}), "Keep it", follow=follow, name=name)


def test_it_keeps_the_search_and_shows_it(ada, client_of) -> None:
    page = keep(client_of(ada), " prompt  is:new ", "  My\tsearch ").content.decode()
    kept = SavedSearch.objects.get()
    assert (kept.learner, kept.name, kept.query, kept.created_at) == (
        ada,
        "My search",
        "prompt  is:new",
        START,
    )
    assert "Kept as “My search”." in page
    assert "My search: 3 cards" in page


def test_somebody_unknown_becomes_a_guest_who_has_it(client) -> None:
    keep(client, "prompt", "P")
    guest = Learner.objects.get()
    assert guest.is_guest
    assert guest.saved_searches.get().query == "prompt"
    assert ">P</a>" in client.get("/search/").content.decode()


def test_a_double_click_keeps_one(ada, client_of) -> None:
    client = client_of(ada)
    for _ in range(2):
        response = client.post("/search/keep/", {"query": "prompt", "name": "P"})
        assert response.url == "/search/?q=prompt"
    assert SavedSearch.objects.count() == 1


def test_a_name_that_is_taken_is_said_beside_what_was_found(ada, client_of) -> None:
    save_search(learner=ada, name="P", query="answer", now=START)
    response = keep(client_of(ada), "prompt", "P")
    html = response.content.decode()
    assert response.status_code == 422
    assert "You keep another search of that name." in html
    assert "<mark>Prompt</mark> 1?" in html
    assert "<details open>" in html
    assert response.content.count(b'value="prompt"') == 3  # the box, to practise, to keep
    assert SavedSearch.objects.get().query == "answer"


def test_when_there_is_no_room_left_it_says_so(ada, client_of, monkeypatch) -> None:
    monkeypatch.setattr(search, "MOST_SAVED", 0)
    assert "Delete one first." in keep(client_of(ada), "prompt", "P").content.decode()


@pytest.mark.parametrize(
    "data", [{"query": "is:"}, {"query": " "}, {"query": "a", "name": " "}, {"query": "\0"}, {}]
)
def test_it_refuses_what_it_cannot_read(client, data) -> None:
    assert client.post("/search/keep/", {"name": "P"} | data if data else {}).status_code == 422
    assert not SavedSearch.objects.exists()
    assert not Learner.objects.exists()
