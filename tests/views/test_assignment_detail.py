"""An assignment's page, and what it says on the group's page and at home."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.assignments import set_assignment
from cards.actions.cards import make_cards
from cards.actions.groups import leave_group
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Assignment, StudyGroup
from cards.scheduling import Grade
from tests.conftest import START, make_learner
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press

HOME = reverse("cards:home")


@pytest.fixture
def group(ada, bob, clock) -> StudyGroup:
    group = make_readers(ada, cards=6)
    let_join(group, bob)
    return group


@pytest.fixture
def assignment(ada, group) -> Assignment:
    due_on = START.date() + timedelta(days=2)
    return set_assignment(group=group, by=ada, deck=deck_of(group), tags=(), due_on=due_on, now=START)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("where", ["home", "group", "own"])
def test_each_reads_what_it_means_for_them(client_of, bob, group, assignment, where) -> None:
    addresses = {
        "home": HOME,
        "group": group.get_absolute_url(),
        "own": assignment.get_absolute_url(),
    }
    html = text_of(client_of(bob), addresses[where])
    assert "0 of 6 learnt. For you that is <b>2</b> new cards a day, from today on." in html
    assert "Wednesday, 4 March" in html


def test_overdue_is_said_kindly_and_done_is_said(client_of, bob, group, assignment, clock) -> None:
    client = client_of(bob)
    card = deck_of(group).cards.first()
    grade_card(learner=bob, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    clock.tick(days=2)
    assert "Today is the day: <b>5</b> new cards." in text_of(client, HOME)
    clock.tick(days=1)
    assert "Its day is over; the other 5 are still worth it, at your own pace." in text_of(client, HOME)
    for each in deck_of(group).cards.exclude(pk=card.pk):
        grade_card(learner=bob, card_id=each.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    assert "Set by your groups" not in text_of(client, HOME)
    assert "All 6 are learnt." in text_of(client, assignment.get_absolute_url())


def test_a_lower_limit_is_said_with_the_way_to_it(client_of, bob, group, assignment) -> None:
    bob.new_per_day = 1
    bob.save(update_fields=["new_per_day"])
    html = text_of(client_of(bob), HOME)
    assert f'Your limit lets in 1 a day: <a href="{reverse("cards:settings")}">change it</a>.' in html


@pytest.mark.parametrize("who", ["nobody", "stranger", "left"])
def test_it_is_not_there_for_whoever_is_not_in_the_group(client_of, bob, group, assignment, who) -> None:
    if who == "left":
        leave_group(group=group, learner=bob, now=START)
    client = {"nobody": Client(), "stranger": client_of(make_learner("eve")), "left": client_of(bob)}[who]
    for name in ("detail", "edit", "end"):
        url = reverse(f"cards:assignment_{name}", args=[assignment.pk])
        assert client.post(url).status_code in {404, 405}
        assert client.get(url).status_code in {404, 405}
    url = reverse("cards:assignment_new", args=[group.pk])
    assert client.get(url).status_code == client.post(url).status_code == 404
    assert "Set by your groups" not in client.get(HOME).content.decode()


def test_progress_is_shown_as_the_group_wants_it(client_of, ada, bob, group, assignment) -> None:
    url = assignment.get_absolute_url()
    html = text_of(client_of(ada), url)
    assert "0 of 2 members have learnt it all" in html
    assert '<th scope="row">bob</th>' in html
    html = text_of(client_of(bob), url)
    assert '<th scope="row">ada</th>' not in html
    assert "bob <span" in html
    assert "One of them is not counted here" in html
    assert "Change it" not in html


def test_staff_see_totals_alone(client_of, staff, group, assignment) -> None:
    html = text_of(client_of(staff), assignment.get_absolute_url())
    assert "0 of 2 members have learnt it all" in html
    assert '<th scope="row">' not in html


def test_an_editor_changes_and_ends_it(client_of, ada, bob, group, assignment) -> None:
    client = client_of(ada)
    page = client.get(reverse("cards:assignment_edit", args=[assignment.pk]))
    response = press(client, page, "Save", due_on="2026-03-09")
    assert response.url == assignment.get_absolute_url()
    assignment.refresh_from_db()
    assert assignment.due_on.isoformat() == "2026-03-09"
    for _ in range(2):
        assert (
            client.post(reverse("cards:assignment_end", args=[assignment.pk])).url == group.get_absolute_url()
        )
    assert "Set by your groups" not in text_of(client_of(bob), HOME)
    assert "This assignment is ended." in text_of(client_of(bob), assignment.get_absolute_url())
    assert client.get(reverse("cards:assignment_edit", args=[assignment.pk])).status_code == 404


def test_pages_need_as_many_queries_for_many_members_and_cards(
    client_of, ada, group, assignment, clock
) -> None:
    client, counts = client_of(ada), []
    for size in (0, 7):
        for number in range(size):
            let_join(group, make_learner(f"reader{number}"))
        make_cards(
            deck=deck_of(group),
            wordings=[Wording(f"More {number}?", "Yes.") for number in range(size * 5)],
            author=ada,
            now=START,
        )
        found = []
        for address in (HOME, group.get_absolute_url(), assignment.get_absolute_url()):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
