"""Making a group."""

import pytest
from django.test import Client

from cards.models import Membership, StudyGroup

URL = "/groups/new/"
GIVEN = {"name": " The \n readers ", "description": "We *read*.\r\nAll.", "progress_shown": "totals"}


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def test_it_makes_a_group_that_its_maker_owns(client_of, ada) -> None:
    response = client_of(ada).post(URL, GIVEN)
    group = StudyGroup.objects.get()
    assert response.url == group.get_absolute_url()
    assert (group.name, group.description, group.progress_shown) == (
        "The readers",
        "We *read*.\nAll.",
        "totals",
    )
    assert Membership.objects.get().role == "owner"


def test_a_double_click_makes_one(client_of, ada) -> None:
    client = client_of(ada)
    assert client.post(URL, GIVEN).url == client.post(URL, GIVEN).url
    assert StudyGroup.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "x" * 201}, {"progress_shown": "all"}, {"description": "x" * 5001}]
)
def test_it_refuses_what_is_wrong_and_keeps_what_was_typed(client_of, ada, wrong) -> None:
    response = client_of(ada).post(URL, GIVEN | {"description": "Kept as typed"} | wrong)
    assert response.status_code == 422
    assert "description" in wrong or "Kept as typed" in response.content.decode()
    assert not StudyGroup.objects.exists()


def test_it_is_not_there_for_nobody(db) -> None:
    assert Client().get(URL).status_code == 404
    assert Client().post(URL, GIVEN).status_code == 404
    assert not StudyGroup.objects.exists()
