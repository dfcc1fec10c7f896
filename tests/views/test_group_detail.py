"""A group's page, and what its owner does from there."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.cards import make_cards
from cards.actions.decks import leave_deck
from cards.actions.groups import archive_group, follow_deck, leave_group, make_group_deck
from cards.cardtext import Wording
from cards.models import Deck, Enrolment, Learner, Membership, StudyGroup
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def group(ada, clock) -> StudyGroup:
    return make_readers(ada)


def text_of(client: Client, group: StudyGroup) -> str:
    return " ".join(client.get(group.get_absolute_url()).content.decode().split())


def test_it_says_what_the_group_is_and_where_one_stands_with_its_decks(
    client_of, ada, bob, group, deck
) -> None:
    let_join(group, bob, "viewer")
    follow_deck(group=group, deck=deck, by=ada, now=START)
    leave_deck(learner=bob, deck=deck)
    html = text_of(client_of(bob), group)
    assert "We <em>read</em>." in html
    assert "2 people" in html
    assert "run by <b>ada</b>" in html
    assert "you are <b>viewer</b>" in html
    assert "Ours" in html
    assert "3 cards · not studied" in html
    assert "Study<span" in html


@pytest.mark.parametrize(
    ("role", "there"),
    [
        ("owner", {"Invite", "New deck", "Follow a public deck", "Delete the group …"}),
        ("editor", {"New deck", "Follow a public deck", "Leave the group …"}),
        ("member", {"Leave the group …"}),
        ("viewer", {"Leave the group …"}),
        ("staff", set()),
    ],
)
def test_each_role_finds_what_it_may_do(client_of, ada, bob, staff, group, role, there) -> None:
    who = {"owner": ada, "staff": staff}.get(role, bob)
    if who == bob:
        let_join(group, bob, role)
    html = text_of(client_of(who), group)
    names = {"Invite", "New deck", "Follow a public deck", "Delete the group …", "Leave the group …"}
    assert {name for name in names if f">{name}<" in html} == there


@pytest.mark.parametrize("who", ["nobody", "stranger", "left", "banned"])
def test_it_is_not_there_for_whoever_is_not_in_it(client_of, ada, bob, group, who) -> None:
    client = Client() if who == "nobody" else client_of(bob)
    if who in {"left", "banned"}:
        row = let_join(group, bob, "editor")
        Membership.objects.filter(pk=row.pk).update(status=who, ended_at=START)
    for name in ("detail", "edit", "archive", "delete", "leave", "progress", "follow"):
        url = reverse(f"cards:group_{name}", args=[group.pk])
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get(url, headers=headers).status_code in {404, 405}
            assert client.post(url, {"to": "archive"}, headers=headers).status_code in {404, 405}
    group.refresh_from_db()
    assert group.archived_at is None


@pytest.mark.parametrize("role", ["editor", "member", "viewer"])
def test_nobody_else_runs_it(client_of, bob, group, role) -> None:
    let_join(group, bob, role)
    client = client_of(bob)
    for name, data in (("edit", {"name": "x"}), ("archive", {"to": "archive"}), ("delete", {"to": "delete"})):
        assert client.post(reverse(f"cards:group_{name}", args=[group.pk]), data).status_code == 404
    assert StudyGroup.objects.get().archived_at is None


def test_its_owner_renames_it(client_of, ada, group) -> None:
    client = client_of(ada)
    url = reverse("cards:group_edit", args=[group.pk])
    page = client.get(url)
    assert "Readers" in page.content.decode()
    data = {"name": "Writers", "description": "", "progress_shown": "everyone"}
    assert client.post(url, data).url == group.get_absolute_url()
    assert client.post(url, data | {"name": ""}).status_code == 422
    group.refresh_from_db()
    assert (group.name, group.description, group.progress_shown) == ("Writers", "", "everyone")


def test_it_goes_into_the_archive_and_back(client_of, ada, bob, group) -> None:
    let_join(group, bob)
    client = client_of(ada)
    page = press(client, client.get(group.get_absolute_url()), "Put the group in the archive", follow=True)
    assert "in the archive" in page.content.decode()
    assert deck_of(group) not in Deck.objects.studied_by(bob)
    html = text_of(client_of(bob), group)
    assert "This group is in the archive." in html
    deck_page = client_of(bob).get(deck_of(group).get_absolute_url()).content.decode()
    assert "The group of this deck is in the archive" in deck_page
    press(client, page, "Bring it back from the archive")
    assert deck_of(group) in Deck.objects.studied_by(bob)
    assert client.post(reverse("cards:group_archive", args=[group.pk]), {"to": "x"}).status_code == 404


def test_a_member_hides_how_far_they_are_and_shows_it_again(client_of, bob, group) -> None:
    let_join(group, bob)
    client = client_of(bob)
    page = press(client, client.get(group.get_absolute_url()), "Hide how far I am", follow=True)
    assert not Membership.objects.get(learner=bob).shows_progress
    assert "totals only" in page.content.decode()
    press(client, page, "Show how far I am")
    assert Membership.objects.get(learner=bob).shows_progress
    assert client.post(reverse("cards:group_progress", args=[group.pk]), {"to": "x"}).status_code == 404


def test_a_deck_is_studied_from_there(client_of, bob, ada, group) -> None:
    let_join(group, bob)
    deck = make_group_deck(group=group, maker=ada, name="Later", description="", now=START)
    client = client_of(bob)
    press(client, client.get(group.get_absolute_url()), "Study Later")
    assert deck in Deck.objects.studied_by(bob)


def test_staff_who_only_look_study_nothing_of_it(client_of, staff, group) -> None:
    deck = deck_of(group)
    assert client_of(staff).get(deck.get_absolute_url()).status_code == 200
    url = reverse("cards:deck_study", args=[deck.pk])
    assert client_of(staff).post(url, {"to": "study"}).status_code == 404
    assert not Enrolment.objects.filter(deck=deck, learner=staff).exists()


def test_a_deck_says_whose_it_is_and_the_list_of_decks_has_it_under_its_group(
    client_of, ada, bob, group
) -> None:
    let_join(group, bob)
    link = f'<a href="{group.get_absolute_url()}">Readers</a>'
    assert link in client_of(bob).get(deck_of(group).get_absolute_url()).content.decode()
    html = client_of(bob).get("/decks/").content.decode()
    assert (
        html.index(link)
        < html.index("Ours")
        < html.index("Everybody" if "Everybody" in html else "For everybody")
    )
    leave_group(group=group, learner=bob, now=START)
    assert "Ours" not in client_of(bob).get("/decks/").content.decode()
    archive_group(group=group, by=ada, now=START)
    assert link not in client_of(ada).get("/decks/").content.decode()


def grow(group: StudyGroup, owner: Learner, members: int, cards: int, decks: int, mark: str) -> None:
    """More of everything, in a few statements."""
    learners = Learner.objects.bulk_create(
        [
            Learner(
                username=f"{mark}-{number}",
                email=f"{mark}{number}@example.org",
                study_settings=owner.study_settings,
            )
            for number in range(members)
        ]
    )
    Membership.objects.bulk_create(
        [Membership(group=group, learner=learner, role="member", created_at=START) for learner in learners]
    )
    make_cards(
        deck=deck_of(group) if decks == 0 else group.decks.get(name="Ours"),
        wordings=[Wording(f"{mark} {number}?", "Yes.") for number in range(cards)],
        author=owner,
        now=START,
    )
    for number in range(decks):
        make_group_deck(group=group, maker=owner, name=f"{mark} {number}", description="", now=START)


@pytest.mark.parametrize("name", ["owner", "member", "viewer", "staff"])
def test_500_members_and_5000_cards_need_as_many_queries_as_5_and_50(
    client_of, ada, bob, staff, group, name
) -> None:
    who = {"owner": ada, "staff": staff}.get(name, bob)
    if who == bob:
        let_join(group, bob, name)
    client, deck = client_of(who), deck_of(group)
    pages = (
        group.get_absolute_url(),
        reverse("cards:member_list", args=[group.pk]),
        deck.get_absolute_url(),
        "/decks/",
        "/groups/",
    )
    counts = []
    for members, cards, mark in ((5, 50, "few"), (495, 4950, "many")):
        grow(group, ada, members, cards, 0 if mark == "few" else 5, mark)
        for each in (make_learner(f"reader-{mark}"),):
            let_join(group, each)
        asked = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 22
