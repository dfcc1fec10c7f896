"""What an owner is asked before somebody is out of the group, or owns it."""

import pytest
from django.test import Client
from django.urls import reverse

from cards.models import Membership, StudyGroup
from tests.groups import let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


@pytest.fixture
def row(group, bob) -> Membership:
    return let_join(group, bob, "editor")


def url(row: Membership, act: str) -> str:
    return reverse("cards:member_act", args=[row.group_id, row.pk, act])


def ask(client: Client, row: Membership, act: str) -> str:
    """The question. Asking alone changes nothing."""
    html = client.get(url(row, act)).content.decode()
    row.refresh_from_db()
    assert (row.role, row.status) == ("editor", "standing")
    return html


def test_the_group_is_handed_over(client_of, ada, row) -> None:
    client = client_of(ada)
    assert "Hand Readers over to bob?" in ask(client, row, "hand_over")
    press(client, client.get(url(row, "hand_over")), "Hand it over")
    row.refresh_from_db()
    assert row.role == "owner"
    assert client.get(url(row, "remove")).status_code == 404
    assert client.post(url(row, "remove"), {"to": "remove"}).status_code == 404


@pytest.mark.parametrize(
    ("act", "button", "status"), [("remove", "Remove", "removed"), ("ban", "Ban", "banned")]
)
def test_somebody_is_put_out(client_of, ada, bob, row, act, button, status) -> None:
    client = client_of(ada)
    assert f"{button} bob from Readers?" in ask(client, row, act)
    press(client, client.get(url(row, act)), button)
    row.refresh_from_db()
    assert row.status == status
    assert client_of(bob).get(row.group.get_absolute_url()).status_code == 404


def test_a_button_that_says_something_else_does_nothing(client_of, ada, row) -> None:
    client = client_of(ada)
    assert client.post(url(row, "remove"), {"to": "ban"}).status_code == 422
    assert client.post(url(row, "remove")).status_code == 422
    for act in ("role", "unban", "own"):
        assert client.get(url(row, act)).status_code == 404
    row.refresh_from_db()
    assert row.status == "standing"
