"""Searches that learners keep."""

import pytest

from cards.actions import search
from cards.actions.learners import guest_for, merge_learners
from cards.actions.search import NameTaken, TooMany, change_search, delete_search, save_search
from cards.models import Learner, SavedSearch
from tests.conftest import START


def keep(learner: Learner, name: str, query: str) -> SavedSearch:
    return save_search(learner=learner, name=name, query=query, now=START)


def kept(learner: Learner) -> dict[str, str]:
    return dict(learner.saved_searches.values_list("name", "query"))


def test_it_keeps_a_search_once(ada, bob) -> None:
    first = keep(ada, "GPU", "tag:gpu")
    assert keep(ada, "GPU", "tag:gpu") == first
    assert first.created_at == START
    keep(bob, "GPU", "tag=gpu")
    assert kept(ada) == {"GPU": "tag:gpu"}
    assert kept(bob) == {"GPU": "tag=gpu"}


def test_a_name_is_one_searchs(ada) -> None:
    keep(ada, "GPU", "tag:gpu")
    other = keep(ada, "CPU", "tag:cpu")
    with pytest.raises(NameTaken):
        keep(ada, "GPU", "tag=gpu")
    with pytest.raises(NameTaken):
        change_search(search=other, name="GPU", query="tag:cpu")
    assert kept(ada) == {"GPU": "tag:gpu", "CPU": "tag:cpu"}


def test_there_is_room_for_so_many(ada, monkeypatch) -> None:
    monkeypatch.setattr(search, "MOST_SAVED", 2)
    keep(ada, "1", "one"), keep(ada, "2", "two")
    with pytest.raises(TooMany):
        keep(ada, "3", "three")
    keep(ada, "2", "two")
    assert len(kept(ada)) == 2


def test_it_changes_and_forgets_a_search(ada) -> None:
    one = keep(ada, "GPU", "tag:gpu")
    change_search(search=one, name="Graphics", query="tag=gpu")
    assert kept(ada) == {"Graphics": "tag=gpu"}
    delete_search(search=one)
    assert kept(ada) == {}


def test_a_guests_searches_become_the_accounts(deck, ada) -> None:
    guest = guest_for(claim="one", time_zone="UTC", now=START)
    keep(ada, "Same", "a"), keep(guest, "Same", "a")
    keep(ada, "Other", "a"), keep(ada, "Other 2", "x"), keep(guest, "Other", "b")
    keep(guest, "Mine", "c")
    merge_learners(guest=guest, into=ada)
    assert kept(ada) == {"Same": "a", "Other": "a", "Other 2": "x", "Other 3": "b", "Mine": "c"}
