"""Joining by an invite."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.groups import ban_member, follow_deck, leave_group
from cards.actions.invites import revoke_invite
from cards.models import Card, Deck, Learner, Membership, StudyEvent, StudyGroup
from tests.conftest import START
from tests.groups import deck_of, invite_to, let_join, make_readers
from tests.server import PASSWORD
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


def to_sign_in(address: str) -> str:
    return f"/accounts/login/?{urlencode({'next': address})}"


def link(group: StudyGroup, **more: object) -> str:
    return f"/join/{invite_to(group, **more).token}/"


def test_it_says_what_the_group_is_what_one_studies_and_who_sees_it_and_then_one_is_in(
    client_of, ada, bob, group, deck
) -> None:
    follow_deck(group=group, deck=deck, by=ada, now=START)
    client = client_of(bob)
    page = client.get(link(group, role="viewer"))
    html = " ".join(page.content.decode().split())
    for said in (
        "ada invites you to a group",
        "We <em>read</em>.",
        "A viewer: you read",
        "1 person is in it",
        "<li>Ours</li>",
        "Shared deck",
        "the group’s owner and its editors see that",
    ):
        assert said in html
    assert not Membership.objects.filter(learner=bob).exists()  # a GET joins nobody
    assert press(client, page, "Join Readers").url == group.get_absolute_url()
    row = Membership.objects.get(learner=bob)
    assert (row.role, row.shows_progress, row.invite.use_count) == ("viewer", True, 1)
    assert deck_of(group) in Deck.objects.studied_by(bob)


def test_one_may_hide_at_once(client_of, bob, group) -> None:
    client_of(bob).post(link(group), {"hide": "on"})
    assert not Membership.objects.get(learner=bob).shows_progress


@pytest.mark.parametrize(
    ("shown", "said"), [("everyone", "everybody in the group sees that"), ("totals", "only totals are shown")]
)
def test_it_says_who_sees_how_far_one_is(client_of, bob, group, shown, said) -> None:
    StudyGroup.objects.update(progress_shown=shown)
    assert said in client_of(bob).get(link(group)).content.decode()


def test_signed_out_one_signs_in_and_is_back(bob, group) -> None:
    address, client = link(group), Client()
    for response in (client.get(address), client.post(address)):
        assert response.url == to_sign_in(address)
    page = client.get(response.url)
    assert press(client, page, "Sign in", login="bob", password=PASSWORD).url == address
    assert "Join Readers" in client.get(address).content.decode()


def test_a_guest_signs_up_and_brings_the_log_along(group, deck) -> None:
    address, client = link(group), Client()
    grade = {"card": deck.cards.first().pk, "part": 0, "n": 0, "grade": 3}
    client.post(reverse("cards:grade"), grade)
    assert client.get(address).url == to_sign_in(address)
    page = client.get(f"/accounts/signup/?next={address}")
    given = {"username": "new", "email": "new@example.org", "password1": "a long horse battery"}
    assert press(client, page, "Sign up", **given).url == address
    client.post(address)
    new = Learner.objects.get(username="new")
    assert Membership.objects.get(learner=new).role == "member"
    assert StudyEvent.objects.get().learner == new


def test_the_door_to_signing_in_leads_to_signing_up_with_the_way_back(group) -> None:
    address = link(group)
    html = Client().get(f"/accounts/login/?next={address}").content.decode()
    assert f"/accounts/signup/?next={address.replace('/', '%2F')}" in html


def test_what_does_not_work_says_the_same_to_everybody(client_of, ada, bob, group) -> None:
    revoked, used, good = (invite_to(group, max_uses=1) for _ in range(3))
    revoke_invite(group=group, by=ada, invite_id=revoked.pk, now=START)
    eve = let_join(group, Learner.objects.create_user("eve"))
    type(used).objects.filter(pk=used.pk).update(use_count=1)
    ban_member(group=group, by=ada, membership_id=eve.pk, now=START)
    answers = [
        client_of(bob).get("/join/unknown/"),
        client_of(bob).get(f"/join/{revoked.token}/"),
        client_of(bob).get(f"/join/{used.token}/"),
        client_of(bob).post(f"/join/{used.token}/"),
        client_of(eve.learner).get(f"/join/{good.token}/"),
        client_of(eve.learner).post(f"/join/{good.token}/"),
        Client().get("/join/unknown/"),
        Client().get(f"/join/{revoked.token}/"),
    ]
    for answer in answers:
        assert answer.status_code == 404
        assert "This invite does not work" in answer.content.decode()
        assert "Readers" not in answer.content.decode()


def test_who_is_in_already_comes_to_the_group(client_of, bob, group) -> None:
    let_join(group, bob, "editor")
    address = link(group, role="viewer", max_uses=1)
    assert client_of(bob).get(address).url == group.get_absolute_url()
    assert client_of(bob).post(address).url == group.get_absolute_url()
    assert Membership.objects.get(learner=bob).role == "editor"


def test_who_comes_back_is_told_that_all_is_as_it_was(client_of, bob, group) -> None:
    let_join(group, bob)
    leave_group(group=group, learner=bob, now=START)
    assert "Everything is as you left it" in client_of(bob).get(link(group)).content.decode()


def test_the_token_stands_in_no_line_of_the_log_and_in_no_cache(client_of, bob, group, caplog) -> None:
    address = link(group)
    with caplog.at_level("INFO", logger="chapter5.access"):
        response = client_of(bob).get(address)
    assert "no-store" in response["Cache-Control"]
    assert [record.path for record in caplog.records if hasattr(record, "path")][-1] == "/join/..."
    assert not any(address in record.getMessage() for record in caplog.records)


def test_what_a_group_says_of_itself_is_safe_to_show(client_of, bob, group) -> None:
    StudyGroup.objects.update(name="<script>x</script>", description="<script>y</script>[z](javascript:z)")
    html = client_of(bob).get(link(group)).content.decode()
    assert "<script>x" not in html
    assert "<script>y" not in html
    assert 'href="javascript' not in html


def test_its_cards_are_nobodys_before(client_of, bob, group) -> None:
    card = Card.objects.get(deck__group=group)
    client_of(bob).get(link(group))
    assert client_of(bob).get(card.get_absolute_url()).status_code == 404
