"""Leaving a group."""

import pytest
from django.urls import reverse

from cards.models import Card, StudyEvent, StudyGroup
from tests.groups import let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


def test_one_is_out_of_it_and_a_grade_that_was_open_is_refused(client_of, bob, group) -> None:
    let_join(group, bob)
    client, card = client_of(bob), Card.objects.get(deck__group=group)
    first = {"card": card.pk, "part": 0, "n": 0, "grade": 3}
    assert client.post(reverse("cards:grade"), first).status_code in {200, 302}
    page = client.get(reverse("cards:group_leave", args=[group.pk]))
    assert press(client, page, "Leave the group").url == "/groups/"
    assert client.get(group.get_absolute_url()).status_code == 404
    assert client.get(card.get_absolute_url()).status_code == 404
    for headers in ({}, {"HX-Request": "true"}):
        assert client.post(reverse("cards:grade"), first | {"n": 1}, headers=headers).status_code == 404
    assert StudyEvent.objects.filter(learner=bob).count() == 1
    assert client.post(reverse("cards:group_leave", args=[group.pk]), {"to": "leave"}).status_code == 404


def test_its_owner_is_told_to_hand_it_over_first(client_of, ada, group) -> None:
    client, url = client_of(ada), reverse("cards:group_leave", args=[group.pk])
    assert "Hand it over" in client.get(url).content.decode()
    client.post(url, {"to": "leave"})
    assert client.get(group.get_absolute_url()).status_code == 200


def test_a_group_in_the_archive_is_left_too(client_of, ada, bob, group) -> None:
    let_join(group, bob)
    StudyGroup.objects.update(archived_at=group.created_at)
    assert (
        client_of(bob).post(reverse("cards:group_leave", args=[group.pk]), {"to": "leave"}).status_code == 302
    )
    assert not StudyGroup.objects.of(bob).exists()
