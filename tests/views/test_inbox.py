"""The inbox, and the count that leads to it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.notices import notify
from cards.actions.suggestions import suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Comment, Deck, Learner, Membership, Notice, Role, StudyGroup
from tests.conftest import START
from tests.views.plain_browser import press

URL = "/inbox/"


@pytest.fixture
def card(deck: Deck, clock) -> Card:
    return deck.cards.get(key="c1")


@pytest.fixture
def group(ada: Learner, bob: Learner) -> StudyGroup:
    """Ada's, with bob in it, and a deck of its own."""
    group = StudyGroup.objects.create(name="Readers", created_at=START)
    for learner, role in ((ada, Role.OWNER), (bob, Role.MEMBER)):
        Membership.objects.create(group=group, learner=learner, role=role, created_at=START)
    Deck.objects.create(name="Ours", group=group, created_at=START)
    return group


def tell(to: Learner, by: Learner | None, kind: str = Notice.Kind.DECK_ADDED, **about: object) -> Notice:
    notify(kind=kind, to=[to], by=by, now=START, **about)
    return Notice.objects.filter(learner=to).latest("pk")


def shown(client: Client) -> str:
    return client.get(URL).content.decode()


def leave(group: StudyGroup, learner: Learner) -> None:
    Membership.objects.filter(group=group, learner=learner).update(status="left", ended_at=START)


def test_it_lists_the_newest_first_and_marks_what_is_unread(client_of, ada, bob, card) -> None:
    old = tell(bob, ada, deck=card.deck, kind=Notice.Kind.ASSIGNED)
    Notice.objects.update(created_at=START - timedelta(days=1), read_at=START)
    tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    html = shown(client_of(bob))
    assert html.index("ada accepted your suggestion for “Prompt 1?”") < html.index("ada set an assignment")
    assert html.count('<li class="unread">') == 1
    assert old.read_at is None


def test_each_sees_their_own_alone(client_of, ada, bob, card) -> None:
    notice = tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    assert "Nothing yet." in shown(client_of(ada))
    assert client_of(ada).post(reverse("cards:notice_open", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_opening_a_line_reads_it_and_goes_there(client_of, ada, bob, card) -> None:
    tell(bob, ada, card=card, kind=Notice.Kind.DECLINED)
    client = client_of(bob)
    answer = press(client, client.get(URL), "Unread: ada declined your suggestion for “Prompt 1?”")
    assert answer.url == card.get_absolute_url()
    assert Notice.objects.get().read_at == START
    assert '<li class="unread">' not in shown(client)


def test_one_button_reads_all_but_what_came_since(client_of, ada, bob, card) -> None:
    client = client_of(bob)
    tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    tell(ada, bob, card=card, kind=Notice.Kind.ACCEPTED)
    page = client.get(URL)
    later = tell(bob, ada, card=card, kind=Notice.Kind.DECLINED)
    press(client, page, "Mark all as read")
    assert list(Notice.objects.unread().filter(learner=bob)) == [later]
    assert Notice.objects.unread().filter(learner=ada).exists()


@pytest.mark.parametrize("newest", ["", "x", "-1", "9" * 30])
def test_a_forged_button_reads_nothing(newest, client_of, ada, bob, card) -> None:
    tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    assert client_of(bob).post(reverse("cards:inbox_read"), {"newest": newest}).status_code == 404
    assert Notice.objects.unread().exists()


def test_whoever_has_no_account_has_no_inbox(client, card) -> None:
    assert client.get(URL).status_code == 404
    client.post(reverse("cards:flag", args=[card.pk]))
    assert Learner.objects.get().is_guest
    assert client.get(URL).status_code == 404
    assert client.post(reverse("cards:inbox_read"), {"newest": 1}).status_code == 404
    assert "Inbox" not in client.get("/").content.decode()


def test_who_may_not_read_it_any_more_sees_no_word_of_it_until_they_may(
    client_of, ada, bob, group, clock
) -> None:
    tell(bob, ada, group=group, deck=group.decks.get())
    client = client_of(bob)
    assert "Readers has a new deck: Ours" in shown(client)
    leave(group, bob)
    notice = Notice.objects.get()
    assert "Nothing yet." in shown(client)
    assert "unread" not in client.get("/").content.decode()
    assert client.post(reverse("cards:notice_open", args=[notice.pk])).status_code == 404
    Membership.objects.filter(learner=bob).update(status="standing", ended_at=None)
    assert "Readers has a new deck: Ours" in shown(client)


def test_whoever_was_removed_is_told_from_where(client_of, ada, bob, group, clock) -> None:
    leave(group, bob)
    tell(bob, ada, Notice.Kind.REMOVED, group=group)
    client = client_of(bob)
    answer = press(client, client.get(URL), "Unread: You were removed from Readers")
    assert answer.url == URL


def test_an_editor_no_more_sees_nothing_of_a_suggestion(client_of, ada, bob, group, clock) -> None:
    card = Card.objects.create(deck=group.decks.get(), prompt="Why?", created_at=START)
    suggestion = suggest_wording(
        card=card, proposer=ada, wording=Wording("How?", ""), base_number=1, reason="clearer", now=START
    )
    tell(bob, ada, Notice.Kind.ANSWERED, card=card, suggestion=suggestion)
    assert "wrote about" not in shown(client_of(bob))
    Membership.objects.filter(learner=bob).update(role=Role.EDITOR)
    assert "ada wrote about a suggestion for “Why?”" in shown(client_of(bob))


def test_what_was_said_and_deleted_is_told_no_more(client_of, ada, bob, group, clock) -> None:
    card = Card.objects.create(deck=group.decks.get(), prompt="Why?", created_at=START)
    comment = Comment.objects.create(group=group, card=card, author=ada, text="@bob", created_at=START)
    tell(bob, ada, Notice.Kind.MENTIONED, group=group, card=card, comment=comment)
    assert "ada named you in the discussion of “Why?” in Readers" in shown(client_of(bob))
    Comment.objects.update(text="", deleted_at=START)
    assert "Nothing yet." in shown(client_of(bob))


def test_it_reads_without_the_one_who_acted(client_of, ada, bob, card) -> None:
    tell(ada, bob, Notice.Kind.DECLINED, card=card)
    bob.delete()
    assert "Somebody declined your suggestion for “Prompt 1?”" in shown(client_of(ada))


def test_its_text_is_text(client_of, ada, bob, group, clock) -> None:
    StudyGroup.objects.update(name="<script>alert(1)</script>")
    tell(bob, ada, group=group, deck=group.decks.get())
    assert "<script>alert(1)</script>" not in shown(client_of(bob))


@pytest.mark.parametrize(("unread", "said"), [(0, ""), (3, "<b>3<"), (99, "<b>99<"), (100, "<b>99+<")])
def test_the_count_stands_beside_the_link(unread, said, client_of, ada, bob, card) -> None:
    for _ in range(unread):
        tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    html = client_of(bob).get("/").content.decode()
    assert (said or "Inbox</span></a>") in html


def test_what_htmx_is_sent_counts_no_notices(client_of, ada, bob, card) -> None:
    tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    with CaptureQueriesContext(connection) as queries:
        client_of(bob).get("/review/", headers={"HX-Request": "true"})
    assert not any("cards_notice" in query["sql"] for query in queries)


def test_it_takes_as_many_queries_for_many_as_for_few(client_of, ada, bob, card, group) -> None:
    counts = []
    client = client_of(bob)
    for _ in range(2):
        for about in ({"card": card}, {"group": group, "deck": group.decks.get()}):
            for _ in range(10):
                tell(bob, ada, **about)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_it_is_paged(client_of, ada, bob, card) -> None:
    for _ in range(51):
        tell(bob, ada, card=card, kind=Notice.Kind.ACCEPTED)
    assert shown(client_of(bob)).count('<li class="unread">') == 50
    assert client_of(bob).get(URL, {"page": 2}).content.decode().count('<li class="unread">') == 1


def test_of_a_role_in_a_group_that_one_left_one_reads_no_word(client_of, ada, bob, group, clock) -> None:
    tell(bob, ada, Notice.Kind.ROLE_GIVEN, group=group)  # names the group alone
    client = client_of(bob)
    assert "Readers" in shown(client)
    leave(group, bob)
    assert "Nothing yet." in shown(client)
    assert "unread" not in client.get("/").content.decode()
