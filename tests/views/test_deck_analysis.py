"""The item analysis of a deck: who may see it, of whom it is, and what it says of small numbers."""

import csv

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.cards import edit_card, make_cards
from cards.actions.decks import make_deck
from cards.actions.groups import follow_deck, leave_group, unfollow_deck
from cards.cardtext import Wording
from cards.models import Deck, StudyGroup
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers
from tests.reports.logs import Log


@pytest.fixture
def group(ada, bob, clock) -> StudyGroup:
    group = make_readers(ada, cards=3)
    let_join(group, bob)
    return group


@pytest.fixture
def ours(group) -> Deck:
    return deck_of(group)


def url(deck: Deck, **query: object) -> str:
    return reverse("cards:deck_analysis", args=[deck.pk], query=query or None)


def csv_url(deck: Deck, **query: object) -> str:
    return reverse("cards:deck_analysis_csv", args=[deck.pk], query=query or None)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("editor", 200),
        *((who, 404) for who in ("member", "viewer", "staff", "stranger", "nobody")),
    ],
)
def test_it_is_for_those_who_edit_the_deck(
    client_of, ada, bob, staff, group, ours, deck, who, status
) -> None:
    if who in {"editor", "viewer"}:
        group.memberships.filter(learner=bob).update(role=who)
    people = {"owner": ada, "staff": staff, "stranger": None}
    client = (
        Client()
        if who == "nobody"
        else client_of(make_learner("eve") if who == "stranger" else people.get(who, bob))
    )
    follow_deck(group=group, deck=deck, by=ada, now=START)
    for address in (
        url(ours), csv_url(ours), url(ours, group=group.pk), url(deck, group=group.pk), csv_url(deck, group=group.pk),
    ):  # fmt: skip
        assert client.get(address).status_code == status
        assert client.post(address).status_code == 405


def test_of_the_sites_decks_it_is_for_staff_and_of_ones_own_for_oneself(
    client_of, ada, bob, staff, deck, group
) -> None:
    own = make_deck(owner=ada, name="Ada's", now=START)
    assert client_of(staff).get(url(deck)).status_code == 200
    assert client_of(ada).get(url(deck)).status_code == 404
    assert client_of(ada).get(url(own)).status_code == 200
    assert client_of(bob).get(url(own)).status_code == 404
    for wrong in ({"group": group.pk}, {"group": "x"}, {"group": 10**9}):
        assert client_of(ada).get(url(deck, **wrong)).status_code == 404  # it does not follow that one
    assert client_of(ada).get(url(own, sort="nonsense", page="x")).status_code == 200


def test_of_a_followed_deck_it_is_the_groups_members_alone(client_of, ada, bob, staff, group, deck) -> None:
    follow_deck(group=group, deck=deck, by=ada, now=START)
    card = deck.cards.first()
    for learner in (ada, bob, staff):
        Log(learner, card).grade(0, "A")
    client = client_of(ada)
    html = text_of(client, url(deck, group=group.pk))
    assert "2 of 2 · too few to say" in html
    assert "Suggest an edit" in html
    assert "3 of 3" in text_of(client_of(staff), url(deck))
    leave_group(group=group, learner=bob, now=START)
    assert "1 of 1" in text_of(client, url(deck, group=group.pk))
    unfollow_deck(group=group, deck=deck, by=ada)
    assert client.get(url(deck, group=group.pk)).status_code == 404


def test_a_share_stands_with_its_number_and_its_interval(client_of, ada, bob, group, ours) -> None:
    first, second, _ = ours.cards.order_by("position")
    for number, letter in enumerate("AAAGG"):
        learner = make_learner(f"reader{number}")
        let_join(group, learner)
        Log(learner, first).grade(0, letter)
    Log(bob, second).grade(0, "A")
    html = text_of(client_of(ada), url(ours))
    assert "3 of 5 · 23–88 %" in html
    assert "1 of 1 · too few to say" in html
    assert "The card that is hardest at first sight" in html
    assert "No card that was forgotten has been asked 5 times yet" in html


def test_what_is_forgotten_is_one_click_from_its_demo_its_discussion_and_an_edit(
    client_of, ada, bob, group, ours
) -> None:
    card = ours.cards.first()
    edit_card(
        card=card,
        wording=Wording(card.prompt, "Yes.", "demo: softmax_table activations=1,2"),
        base_number=1,
        author=ada,
        now=START,
    )
    for number in range(5):
        learner = make_learner(f"reader{number}")
        let_join(group, learner)
        Log(learner, card).grades("GGGGA")
    html = text_of(client_of(ada), url(ours))
    assert "The card this group forgets" in html
    assert "5 of 5 · 57–100 %" in html
    demo = f"/demos/softmax_table/?card={card.pk}&amp;p-activations=1%2C2"
    assert demo in html
    assert client_of(ada).get(demo.replace("&amp;", "&")).status_code == 200
    for way in (
        reverse("cards:discussion", args=[group.pk, card.pk]),
        reverse("cards:card_edit", args=[card.pk]),
    ):
        assert f'href="{way}"' in html
        assert client_of(ada).get(way).status_code == 200


def test_its_columns_sort_and_say_so(client_of, ada, bob, ours) -> None:
    last = ours.cards.last()
    Log(bob, last).grade(0, "A", answer_seconds=9)
    client = client_of(ada)
    html = text_of(client, url(ours, sort="first"))
    table = html[html.index("<tbody>") :]
    assert table.index("Ours 2?") < table.index("Ours 0?")
    assert '<th scope="col" aria-sort="descending"><a href="?sort=first">' in html
    rows = list(csv.DictReader(client.get(csv_url(ours, sort="seconds")).content.decode().splitlines()))
    assert [row["prompt"] for row in rows] == ["Ours 2?", "Ours 0?", "Ours 1?"]
    assert (rows[0]["first_again"], rows[0]["first_answers"], rows[0]["median_seconds"]) == ("1", "1", "9.0")
    assert rows[0]["first_low"] == "0.2065"


def test_pages_are_as_many_queries_for_many_cards_and_members(client_of, ada, group, ours) -> None:
    client, counts = client_of(ada), []
    for size in (0, 60):
        wordings = [Wording(f"More {number}?", "Yes.") for number in range(size)]
        make_cards(deck=ours, wordings=wordings, author=ada, now=START)
        for number in range(size // 12):
            learner = make_learner(f"reader{number}")
            let_join(group, learner)
            Log(learner, ours.cards.last()).grade(0, "A")
        with CaptureQueriesContext(connection) as queries:
            client.get(url(ours))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    html = text_of(client, url(ours, page=2, sort="place"))
    assert "More 55?" in html
    assert "?sort=place&amp;page=1" in html
