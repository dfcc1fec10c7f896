"""The list of one's groups."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cards.actions.groups import archive_group, leave_group, make_group
from tests.conftest import START, make_learner
from tests.groups import let_join, make_readers

URL = "/groups/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def test_it_shows_the_groups_that_one_is_in_with_ones_role(client_of, ada, bob) -> None:
    group = make_readers(ada)
    let_join(group, bob, "viewer")
    make_group(owner=ada, name="Only Ada's", now=START)
    html = " ".join(client_of(bob).get(URL).content.decode().split())
    assert "2 people · viewer" in html
    assert "Only Ada" not in html


def test_a_group_that_one_left_is_not_there_and_one_in_the_archive_stands_apart(client_of, ada, bob) -> None:
    group = make_readers(ada)
    let_join(group, bob)
    archive_group(group=group, by=ada, now=START)
    assert "1 group in the archive" in client_of(bob).get(URL).content.decode()
    leave_group(group=group, learner=bob, now=START)
    assert "Readers" not in client_of(bob).get(URL).content.decode()


def test_staff_see_the_others_apart(client_of, ada, bob, staff) -> None:
    make_readers(ada)
    assert "Readers" in client_of(staff).get(URL).content.decode()
    assert "Readers" not in client_of(bob).get(URL).content.decode()


def test_it_is_not_there_for_guests_and_nobody_and_the_navigation_does_not_name_it(client_of, ada) -> None:
    assert Client().get(URL).status_code == 404
    assert f'href="{URL}"' not in Client().get("/decks/").content.decode()
    assert f'href="{URL}"' in client_of(ada).get("/decks/").content.decode()


def test_it_needs_as_many_queries_for_many_groups(client_of, ada) -> None:
    client, counts = client_of(ada), []
    for more in (1, 20):
        for number in range(more):
            group = make_group(owner=ada, name=f"Group {more} {number}", now=START)
            let_join(group, make_learner(f"m-{more}-{number}"))
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]
