"""Invites: made, mailed, revoked."""

import smtplib

import pytest
from django.core import mail
from django.urls import reverse

from cards.models import Invite, StudyGroup
from tests.groups import invite_to, let_join, make_readers
from tests.views.plain_browser import press

LINK = {"role": "member", "days": "7", "max_uses": "3", "email": ""}


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


@pytest.fixture
def url(group) -> str:
    return reverse("cards:invite_list", args=[group.pk])


def test_a_link_is_made_shown_and_revoked(client_of, ada, bob, url) -> None:
    client = client_of(ada)
    page = press(client, client.get(url), "Make the invite", follow=True, max_uses="3")
    invite = Invite.objects.get()
    assert (invite.role, invite.max_uses, len(invite.token)) == ("member", 3, 43)
    assert f'value="http://testserver/join/{invite.token}/"' in page.content.decode()
    assert "used 0 of 3" in page.content.decode()
    page = press(client, page, "Revoke", follow=True)
    assert invite.token not in page.content.decode()
    assert client_of(bob).get(f"/join/{invite.token}/").status_code == 404


def test_it_is_mailed_and_lets_in_one(client_of, ada, url) -> None:
    client_of(ada).post(url, LINK | {"email": "grace@example.org"})
    invite, [sent] = Invite.objects.get(), mail.outbox
    assert (sent.to, invite.max_uses, invite.email) == (["grace@example.org"], 1, "grace@example.org")
    assert sent.subject == "ada invites you to Readers on chapter5"
    assert f"http://testserver/join/{invite.token}/" in sent.body


def test_a_mail_server_that_refuses_is_said_and_the_link_is_there_all_the_same(
    client_of, ada, url, monkeypatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"grace@example.org": (550, b"no")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    page = client_of(ada).post(url, LINK | {"email": "grace@example.org"}, follow=True).content.decode()
    assert "The mail to grace@example.org could not be sent." in page
    assert Invite.objects.get().token in page


def test_a_name_with_a_line_break_makes_no_header(client_of, ada, group, url) -> None:
    StudyGroup.objects.update(name="A\r\nBcc: eve@example.org <b>&")
    client_of(ada).post(url, LINK | {"email": "grace@example.org"})
    assert mail.outbox[0].subject == "ada invites you to A Bcc: eve@example.org <b>& on chapter5"
    assert mail.outbox[0].recipients() == ["grace@example.org"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "owner"},
        {"days": "0"},
        {"days": "4000"},
        {"max_uses": "0"},
        {"max_uses": "-1"},
        {"email": "x"},
    ],
)
def test_what_is_wrong_makes_none(client_of, ada, url, wrong) -> None:
    assert client_of(ada).post(url, LINK | wrong).status_code == 422
    assert not Invite.objects.exists()
    assert not mail.outbox


def test_too_many_are_refused_with_a_word(client_of, ada, url, monkeypatch) -> None:
    monkeypatch.setattr("cards.actions.invites.MOST_OPEN", 1)
    client = client_of(ada)
    client.post(url, LINK)
    response = client.post(url, LINK)
    assert response.status_code == 422
    assert "many invites" in response.content.decode()
    assert Invite.objects.count() == 1


def test_a_group_in_the_archive_invites_nobody(client_of, ada, group, url) -> None:
    StudyGroup.objects.update(archived_at=group.created_at)
    assert "bring it back first" in client_of(ada).get(url).content.decode()
    client_of(ada).post(url, LINK)
    assert not Invite.objects.exists()


@pytest.mark.parametrize("role", ["editor", "viewer", "stranger"])
def test_only_its_owner_sees_and_makes_them(client_of, bob, group, url, role) -> None:
    if role != "stranger":
        let_join(group, bob, role)
    invite = invite_to(group)
    client = client_of(bob)
    assert client.get(url).status_code == 404
    assert client.post(url, LINK).status_code == 404
    revoke = reverse("cards:invite_revoke", args=[group.pk])
    assert client.post(revoke, {"invite": invite.pk}).status_code == 404
    invite.refresh_from_db()
    assert invite.revoked_at is None


def test_an_invite_of_another_group_is_not_revoked(client_of, ada, bob, group) -> None:
    other = make_readers(bob)
    invite = invite_to(other)
    revoke = reverse("cards:invite_revoke", args=[group.pk])
    client_of(ada).post(revoke, {"invite": invite.pk})
    assert client_of(ada).post(revoke, {"invite": "x"}).status_code == 404
    invite.refresh_from_db()
    assert invite.revoked_at is None
