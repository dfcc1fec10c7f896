"""The name of a search and what it looks for; and forgetting it."""

import pytest

from cards.actions.search import save_search
from cards.models import SavedSearch
from tests.conftest import START
from tests.views.plain_browser import press


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


@pytest.fixture
def kept(ada) -> SavedSearch:
    return save_search(learner=ada, name="P", query="prompt", now=START)


def url(kept: SavedSearch) -> str:
    return f"/search/{kept.pk}/"


def test_it_changes_the_name_and_the_search(ada, client_of, kept) -> None:
    client = client_of(ada)
    page = press(client, client.get(url(kept)), "Save", follow=True, name="Q", query=' "prompt 1?" ')
    kept.refresh_from_db()
    assert (kept.name, kept.query) == ("Q", '"prompt 1?"')
    assert "Q: 1 card" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Taken"}, "You keep another search of that name."),
        ({"query": "is:dew"}, "At character 1: There is no “is:dew”"),
        ({"query": "  "}, "This field is required."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_it_says_what_is_wrong_and_changes_nothing(ada, client_of, kept, changes, said) -> None:
    save_search(learner=ada, name="Taken", query="answer", now=START)
    client = client_of(ada)
    response = press(client, client.get(url(kept)), "Save", **changes)
    assert response.status_code == 422
    assert said in response.content.decode()
    kept.refresh_from_db()
    assert (kept.name, kept.query) == ("P", "prompt")


def test_it_is_deleted_by_its_button(ada, client_of, kept) -> None:
    client = client_of(ada)
    page = press(client, client.get(url(kept)), "Delete this search", follow=True)
    assert "The search is deleted." in page.content.decode()
    assert not SavedSearch.objects.exists()


def test_it_is_nobody_elses(bob, staff, client, client_of, kept) -> None:
    for browser in (client, client_of(bob), client_of(staff)):
        assert browser.get(url(kept)).status_code == 404
        assert browser.post(url(kept), {"name": "Q", "query": "q"}).status_code == 404
        assert browser.post(f"/search/{kept.pk}/delete/").status_code == 404
    kept.refresh_from_db()
    assert kept.name == "P"
