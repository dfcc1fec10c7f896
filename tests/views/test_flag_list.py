"""Flags go to those who look after the deck."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.actions.cards import edit_card, make_card
from cards.actions.suggestions import flag_card
from cards.cardtext import Wording
from cards.models import Card, Flag, Learner, Role, StudyGroup
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers

URL = "/flags/"


@pytest.fixture
def group(ada: Learner, bob: Learner, clock) -> StudyGroup:
    group = make_readers(ada, cards=2)
    let_join(group, bob)
    return group


@pytest.fixture
def card(group: StudyGroup) -> Card:
    return deck_of(group).cards.earliest("position")


def flag(card: Card, by: Learner, note: str = "see page 3") -> Flag:
    return flag_card(card=card, learner=by, kind=Flag.Kind.WRONG, note=note, now=START)


def test_an_editor_sees_who_says_what_and_what_changed_since(client_of, ada, bob, card) -> None:
    flag(card, bob)
    html = client_of(ada).get(URL).content.decode()
    assert all(said in html for said in ("see page 3", "bob", "Ours 0?", f"/cards/{card.pk}/edit/"))
    assert "changed since" not in html
    edit_card(card=card, wording=Wording("Ours 0?", "No."), base_number=1, author=ada, now=START)
    html = client_of(ada).get(URL).content.decode()
    assert "The card was changed since" in html
    assert "<del>Yes</del><ins>No</ins>." in html


def test_each_sees_the_flags_of_what_they_look_after(
    client, client_of, ada, bob, staff, deck, group, card
) -> None:
    flag(card, bob, "ours")
    flag(deck.cards.earliest("position"), bob, "public")
    viewer = make_learner("viewer")
    let_join(group, viewer, Role.VIEWER)
    for learner, sees in ((ada, {"ours"}), (staff, {"public"}), (bob, set()), (viewer, set())):
        html = client_of(learner).get(URL).content.decode()
        assert {note for note in ("ours", "public") if f": {note}</p>" in html} == sees, learner
    assert client.get(URL).status_code == 404


def test_one_button_closes_one_and_the_other_those_that_are_chosen(client_of, ada, bob, group, card) -> None:
    other = deck_of(group).cards.latest("position")
    one, two, three = flag(card, bob), flag(other, bob), flag(other, ada)
    client = client_of(ada)
    client.post("/flags/close/", {"flag": one.pk, "flags": [two.pk, three.pk]})
    assert set(Flag.objects.open()) == {two, three}
    answer = client.post("/flags/close/", {"flags": [one.pk, two.pk, three.pk]}, follow=True)
    assert "3 flags closed." in answer.content.decode()
    assert not Flag.objects.open().exists()
    one.refresh_from_db()
    assert one.closed_by == ada
    assert "closed by ada" in client.get(URL, {"state": "closed"}).content.decode()
    assert "Choose some first." in client.post("/flags/close/", {}, follow=True).content.decode()


def test_who_does_not_look_after_the_deck_closes_nothing(client, client_of, bob, staff, card) -> None:
    own = flag(card, bob)
    for browser in (client_of(bob), client_of(staff), client):
        assert browser.post("/flags/close/", {"flags": [own.pk]}).status_code == 404
    assert Flag.objects.open().exists()


def test_it_can_be_narrowed_down(client_of, ada, bob, group, card) -> None:
    other = make_readers(bob)
    let_join(other, ada, Role.EDITOR)
    flag(card, bob, "here")
    flag(deck_of(other).cards.get(), bob, "there")
    client = client_of(ada)
    html = client.get(URL, {"group": other.pk}).content.decode()
    assert "there" in html
    assert "here</p>" not in html.replace("there</p>", "")
    assert "Nothing waits for you." in client.get(URL, {"kind": "typo"}).content.decode()
    assert client.get(URL, {"deck": 999}).status_code == 404


def test_it_takes_as_many_queries_for_many_as_for_few(client_of, ada, bob, group) -> None:
    client, counts = client_of(ada), []
    for number in range(2):
        for more in range(8):
            card = make_card(
                deck=deck_of(group), wording=Wording(f"{number} {more}?", ""), author=ada, now=START
            )
            flag(card, bob)
            edit_card(
                card=card, wording=Wording("P?", f"{number} {more}"), base_number=1, author=ada, now=START
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_waits_is_said_where_one_looks_after_it(client_of, ada, bob, group, card) -> None:
    flag(card, bob)
    assert "<b>1</b> flag to look at" in client_of(ada).get(group.get_absolute_url()).content.decode()
    assert "to look at" not in client_of(bob).get(group.get_absolute_url()).content.decode()
