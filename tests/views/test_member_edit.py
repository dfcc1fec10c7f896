"""What a group's owner does with one member."""

import pytest
from django.urls import reverse

from cards.actions.groups import ban_member, leave_group
from cards.models import Card, Membership, Revision, StudyGroup
from tests.conftest import START, make_learner
from tests.groups import let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


@pytest.fixture
def row(group, bob) -> Membership:
    return let_join(group, bob, "editor")


@pytest.fixture
def url(row) -> str:
    return reverse("cards:member_edit", args=[row.group_id, row.pk])


def test_a_role_is_given(client_of, ada, row, url) -> None:
    client = client_of(ada)
    page = client.get(url)
    assert (
        'value="editor" id="id_role_0" checked' in " ".join(page.content.decode().split())
        or "checked" in page.content.decode()
    )
    assert press(client, page, "Give this role", role="viewer").status_code == 302
    row.refresh_from_db()
    assert row.role == "viewer"


def test_who_is_banned_can_be_let_in_again(client_of, ada, row, url) -> None:
    client = client_of(ada)
    ban_member(group=row.group, by=ada, membership_id=row.pk, now=START)
    press(client, client.get(url), "Let them be invited again")
    row.refresh_from_db()
    assert row.status == "removed"


@pytest.mark.parametrize("act", ["hand_over", "remove", "ban"])
def test_what_cannot_be_taken_back_is_asked_first(client_of, ada, row, url, act) -> None:
    client = client_of(ada)
    assert f'href="{url}{act}/"' in client.get(url).content.decode()
    assert client.post(url, {"act": act}).status_code == 422
    row.refresh_from_db()
    assert (row.role, row.status) == ("editor", "standing")


@pytest.mark.parametrize(
    "data",
    [{}, {"act": "x"}, {"act": "role"}, {"act": "role", "role": "owner"}, {"act": "role", "role": "x"}],
)
def test_what_is_wrong_changes_nothing(client_of, ada, row, url, data) -> None:
    assert client_of(ada).post(url, data).status_code == 422
    row.refresh_from_db()
    assert (row.role, row.status) == ("editor", "standing")


def test_what_no_longer_can_be_done_is_said(client_of, ada, row, url) -> None:
    client = client_of(ada)
    ban_member(group=row.group, by=ada, membership_id=row.pk, now=START)
    page = client.post(url, {"act": "role", "role": "viewer"}, follow=True)
    assert "nothing was changed" in page.content.decode()


def test_it_is_there_for_its_owner_alone_and_for_nobody_of_another_group(
    client_of, ada, bob, staff, row, url
) -> None:
    for who in (bob, staff, make_learner("eve")):
        assert client_of(who).get(url).status_code == 404
        assert client_of(who).post(url, {"act": "role", "role": "viewer"}).status_code == 404
    own = Membership.objects.get(learner=ada)
    assert client_of(ada).get(reverse("cards:member_edit", args=[row.group_id, own.pk])).status_code == 404
    other = make_readers(bob)
    elsewhere = reverse("cards:member_edit", args=[other.pk, row.pk])
    assert client_of(bob).post(elsewhere, {"act": "role", "role": "viewer"}).status_code == 404


def test_an_editor_demoted_between_opening_and_saving_writes_nothing(client_of, ada, bob, row, url) -> None:
    card, client = Card.objects.get(deck__group=row.group_id), client_of(bob)
    edit = reverse("cards:card_edit", args=[card.pk])
    page = client.get(edit)
    client_of(ada).post(url, {"act": "role", "role": "member"})
    wording = {"prompt": "Mine now?", "answer": "A", "reason": "because"}
    assert press(client, page, "Save", **wording).status_code == 404
    assert client.post(reverse("cards:card_new", args=[card.deck_id]), wording).status_code == 404
    assert Revision.objects.filter(card__deck__group=row.group_id).count() == 1


def test_somebody_who_left_is_not_listed_any_more(client_of, ada, bob, row, url) -> None:
    leave_group(group=row.group, learner=bob, now=START)
    assert client_of(ada).get(url).status_code == 404
