"""Setting an assignment."""

import pytest
from django.urls import reverse

from cards.actions.bulk import tag_cards
from cards.actions.groups import make_group
from cards.models import Assignment, Notice, StudyGroup
from tests.conftest import START
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, bob, clock) -> StudyGroup:
    group = make_readers(ada, cards=3)
    let_join(group, bob)
    return group


def url(group: StudyGroup) -> str:
    return reverse("cards:assignment_new", args=[group.pk])


def test_it_is_set_for_a_deck_or_tags_of_it(client_of, ada, bob, group) -> None:
    client, deck = client_of(ada), deck_of(group)
    tag_cards(learner=ada, card_ids=[deck.cards.first().pk], tag="loss", now=START)
    page = client.get(url(group))
    for _ in range(2):  # both halves of a double click
        response = press(client, page, "Set it", tags=" Loss , loss", due_on="2026-03-06")
    assignment = Assignment.objects.get()
    assert response.url == assignment.get_absolute_url()
    assert (assignment.deck, assignment.tags, assignment.created_by) == (deck, "loss", ada)
    assert Notice.objects.filter(kind="assigned", learner=bob).count() == 1
    html = client.get(response.url).content.decode()
    assert "tag loss" in html


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"due_on": "2026-03-01"}, "due_on", "Choose today or a later day"),
        ({"due_on": "2029-03-01"}, "due_on", "within two years"),
        ({"due_on": "Friday"}, "due_on", "Write the day as"),
        ({"due_on": ""}, "due_on", "Choose a day."),
        ({"due_on": "2026-03-06", "tags": "nothing"}, "tags", "No card of this deck has such a tag."),
        ({"due_on": "2026-03-06", "tags": ",".join("abcdefghijklmnopqrstu")}, "tags", "At most 20 tags."),
        ({"due_on": "2026-03-06", "deck": "0"}, "deck", "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client_of, ada, group, data, field, said) -> None:
    response = client_of(ada).post(url(group), {"deck": deck_of(group).pk, **data})
    assert response.status_code == 422
    assert said in str(response.content.decode().split(f'id="id_{field}_error"')[1])
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_editors_set_one(client_of, bob, group, role) -> None:
    group.memberships.filter(learner=bob).update(role=role)
    assert client_of(bob).get(url(group)).status_code == 404
    assert client_of(bob).post(url(group)).status_code == 404
    assert "New assignment" not in client_of(bob).get(group.get_absolute_url()).content.decode()


def test_a_group_without_a_deck_is_told_so(client_of, ada, clock, deck) -> None:
    empty = make_group(owner=ada, name="Empty", now=START)
    assert "The group has no deck yet." in client_of(ada).get(url(empty)).content.decode()
    assert client_of(ada).post(url(empty), {"due_on": "2026-03-06", "deck": deck.pk}).status_code == 422
