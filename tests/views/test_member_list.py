"""Who is in a group."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.groups import ban_member
from cards.models import StudyGroup
from tests.conftest import START, make_learner
from tests.groups import let_join, make_readers


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


def names(client: Client, group: StudyGroup, query: str = "") -> list[str]:
    html = client.get(f"/groups/{group.pk}/members/{query}").content.decode()
    return re.findall(r'class="name">([^<]+?)(?: <|<)', html)


def test_everybody_in_the_group_sees_who_is_and_in_which_role(client_of, ada, bob, staff, group) -> None:
    let_join(group, bob, "viewer")
    let_join(group, make_learner("eve"), "editor")
    for who in (ada, bob, staff):
        assert names(client_of(who), group) == ["ada", "eve", "bob"]
    assert "Change" not in client_of(bob).get(reverse("cards:member_list", args=[group.pk])).content.decode()


def test_only_its_owner_sees_who_is_banned(client_of, ada, bob, group) -> None:
    let_join(group, bob, "editor")
    row = let_join(group, make_learner("eve"))
    ban_member(group=group, by=ada, membership_id=row.pk, now=START)
    assert names(client_of(ada), group) == ["ada", "bob"]
    assert names(client_of(ada), group, "?who=banned") == ["eve"]
    assert names(client_of(bob), group, "?who=banned") == ["ada", "bob"]
    assert "Banned" not in client_of(bob).get(reverse("cards:member_list", args=[group.pk])).content.decode()


def test_a_long_list_has_pages(client_of, ada, group, monkeypatch) -> None:
    monkeypatch.setattr("cards.views.members.PER_PAGE", 2)
    for number in range(3):
        let_join(group, make_learner(f"m{number}"))
    assert names(client_of(ada), group) == ["ada", "m0"]
    assert names(client_of(ada), group, "?page=2") == ["m1", "m2"]
    assert names(client_of(ada), group, "?page=x&who=y") == ["ada", "m0"]


def test_it_is_not_there_for_strangers(client_of, bob, group) -> None:
    url = reverse("cards:member_list", args=[group.pk])
    assert client_of(bob).get(url).status_code == 404
    assert Client().get(url).status_code == 404
