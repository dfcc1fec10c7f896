"""The pages that somebody visits who learns, corrects, and looks after a group: what each asks of the database."""

import re
from collections.abc import Iterator
from hashlib import md5
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cards.models import Learner
from tests.growth.large_site import BASE, MOST, MUCH, Size
from tests.growth.plans import Statement, asked

SEARCHES = (
    "rare1234", '"and common7"', "ra", "tag=tag-5", "tag:tag-", "deck:deck", "is:due", "is:new",
    "is:learnt", "is:leech", "is:suspended", "is:flagged", "is:unanswered", "due<7",
    "forgotten:30", "rare1234 or is:new", "is:due -tag=tag-10 (ease<2 or lapses>=2)",
)  # fmt: skip
PRACTICES = [("is:learnt", "due"), ("rare1234", "shuffled")]


def walk(learner_id: int, size: Size) -> Iterator[tuple[str, list[Statement]]]:
    """Each step by its name, and what it asked. Of LITTLE, or of MUCH."""
    client = Client(headers={"HX-Request": "true"})
    client.force_login(Learner.objects.get(pk=learner_id))
    client.get(reverse("cards:home"))  # from now on it is known whose the session is
    for name, address in pages(learner_id, size).items():
        with asked() as statements:
            response = client.get(address)
        assert response.status_code == 200, (name, address, response.status_code)
        yield name, statements
    yield from acts(client)


def pages(learner_id: int, size: Size) -> dict[str, str]:
    """Their addresses, by what is looked at."""
    group = deck = learner_id  # of the same numbers
    nth = learner_id - BASE
    card = BASE + 1 + (nth - 1) * size.cards
    row = 1 if learner_id == MUCH else MOST + 1  # the first of what people say there
    said_of = card if learner_id == MUCH else card + row % size.cards
    arguments: dict[str, list[object]] = {
        "home": [], "review": [], "practice": [], "deck_list": [], "deck_detail": [deck], "deck_statistics": [deck],
        "deck_analysis": [deck], "statistics": [], "card_detail": [card], "card_statistics": [card],
        "card_edit": [card], "suggest": [card], "flag": [card], "note": [card], "deck_edit": [deck],
        "deck_limits": [deck], "today_limits": [], "catch_up": [], "suggestion_list": [],
        "suggestion_detail": [BASE + row], "flag_list": [], "report_list": [], "inbox": [], "group_list": [],
        "group_detail": [group], "group_edit": [group], "group_follow": [group], "group_delete": [group],
        "member_list": [group], "member_edit": [group, BASE + size.groups + nth], "invite_list": [group],
        "assignment_new": [group], "assignment_detail": [BASE + row], "discussion": [group, said_of], "settings": [],
        "my_data": [], "demo_list": [], "demo_detail": ["softmax_table"],
        "demo_run": [UUID(md5(str(row).encode(), usedforsecurity=False).hexdigest())],
    }  # fmt: skip
    addresses = {name: reverse(f"cards:{name}", args=args) for name, args in arguments.items()}
    followed = reverse("cards:deck_analysis", args=[size.public_deck])
    addresses["a followed deck's analysis"] = f"{followed}?group={group}"
    addresses["an answer"] = reverse("cards:review_answer", args=[card]) + f"?n={size.events}"
    addresses |= {f"search {query}": f"{reverse('cards:search')}?q={query}" for query in SEARCHES}
    for query, order in PRACTICES:
        address = f"{reverse('cards:review')}?practise={query}&order={order}"
        addresses[f"practice of {query}, {order}"] = address
    return addresses


def acts(client: Client) -> Iterator[tuple[str, list[Statement]]]:
    """A card is graded, and the next one; the last grade is taken back; a demo is asked for."""
    shown = client.get(reverse("cards:review"))
    for name in ("the day's first grade", "grade"):
        with asked() as statements:
            shown = _grade(client, shown)
        yield name, statements
    undo = re.search(r'name="act" value="(event:[^"]+)"', shown.content.decode())
    assert undo, shown.content
    with asked() as statements:
        client.post(reverse("cards:undo"), {"act": undo[1]})
    yield "undo", statements


def _grade(client: Client, shown: HttpResponse) -> HttpResponse:
    page = shown.content.decode()
    card, number = re.search(r'action="/review/(\d+)/', page), re.search(r'name="n" value="(\d+)"', page)
    assert card, page
    assert number, page
    return client.post(
        reverse("cards:grade"), {"card": card[1], "part": 0, "n": number[1], "grade": 3, "revision": 1}
    )
