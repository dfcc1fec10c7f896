"""The prompt that is sent ahead with an answer, and the reply that confirms it or comes in its place."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.acts import skip_cards
from cards.actions.cards import edit_card, make_card
from cards.actions.learners import change_settings
from cards.cardtext import Wording
from cards.models import Card, Learner, Schedule, StudyEvent
from tests.conftest import SIGNED_IN, START

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
OWN = re.compile(r'name="(?:asked|shuffle|act)" value="[^"]*"')


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


@pytest.fixture
def htmx(ada, client_of) -> Client:
    client = client_of(ada)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    return client


def card(key: str) -> Card:
    return Card.objects.get(key=key)


def answer(client: Client, key: str, n: int = 0, **more: object) -> str:
    query = {"n": n, **more}
    return client.get(reverse("cards:review_answer", args=[card(key).pk]), query).content.decode()


def send(client: Client, key: str, grade: int = 3, n: int = 0, **more: object):
    data = {"card": card(key).pk, "part": 0, "n": n, "grade": grade, **more}
    return client.post(reverse("cards:grade"), data)


def ahead(html: str) -> tuple[str, str, str] | None:
    """What it is, the grades after which it comes, and its HTML."""
    found = re.search(
        r'<template id="ahead" data-shows="([^"]*)" data-grades="([^"]*)">(.*?)</template>', html, re.S
    )
    return (found[1], found[2], found[3]) if found else None


def is_confirmed(reply) -> bool:
    triggered = json.loads(reply.headers.get("HX-Trigger-After-Settle", "{}"))
    return "confirmed" in triggered and reply.headers["HX-Retarget"] == "#progress"


def test_an_answer_brings_the_next_prompt_and_not_its_answer(htmx) -> None:
    shows, grades, html = ahead(answer(htmx, "c1"))
    assert shows == f"{card('c2').pk}-0-1 {START.date()} 0-0-3-0"
    assert grades == "1 2 3 4"
    assert "Prompt 2?" in html
    assert "Answer 2" not in html


def test_a_whole_page_brings_none(ada, client_of, client) -> None:
    assert ahead(answer(client_of(ada), "c1")) is None
    assert ahead(answer(client, "c1")) is None


def test_for_somebody_unknown_too(client) -> None:
    client.defaults["HTTP_HX_REQUEST"] = "true"
    shows, _, html = ahead(answer(client, "c1"))
    assert "Prompt 2?" in html
    assert not Learner.objects.exists()
    assert is_confirmed(send(client, "c1", ahead=shows))


@pytest.mark.parametrize(
    "wording",
    [
        {},
        {"prompt": "Which?\n\n- [x] This\n- [ ] That"},
        {"details": "accept: this"},
        {"prompt": "It is {{c1::so}}.", "answer": ""},
    ],
    ids=["whole", "choice", "typed", "gap"],
)
def test_it_is_what_the_reply_would_show(htmx, ada, wording) -> None:
    edit_card(
        card=card("c2"), author=ada, now=START,
        wording=Wording(**{"prompt": "Prompt 2?", "answer": "Answer 2.", "details": "", **wording}), base_number=1,
    )  # fmt: skip
    _, _, sent = ahead(answer(htmx, "c1"))
    shown = send(htmx, "c1").content.decode()
    asked = shown[shown.index('<h1 class="unseen">') : shown.rindex("</div>")]
    assert plain(sent) == plain(asked)


def plain(html: str) -> str:
    """Without what is another each time: the token, the instant, the event that can be undone."""
    return " ".join(OWN.sub("", TOKEN.sub("", html)).split())


def test_a_grade_confirms_it_with_what_is_new_alone(htmx, clock) -> None:
    shows, _, _ = ahead(answer(htmx, "c1"))
    clock.tick(seconds=8)
    reply = send(htmx, "c1", ahead=shows)
    assert is_confirmed(reply)
    html = reply.content.decode()
    assert "<b>1</b> done" in html
    assert "Prompt" not in html
    assert f'name="asked" value="{int(clock.now.timestamp())}" id="asked" hx-swap-oob="true"' in html
    assert f'name="act" value="event:{StudyEvent.objects.get().pk}" id="act" hx-swap-oob="true"' in html
    assert reply.headers["HX-Replace-Url"] == "/review/"
    assert is_confirmed(send(htmx, "c1", ahead=shows))  # the same once more
    assert StudyEvent.objects.count() == 1


def test_that_takes_no_more_queries(htmx) -> None:
    """As many as without: what follows comes with the counts."""
    send(htmx, "c3")
    url = reverse("cards:review_answer", args=[card("c1").pk])
    with CaptureQueriesContext(connection) as queries:
        html = htmx.get(url, {"n": 0}).content.decode()
    shows, _, _ = ahead(html)
    assert len(queries) == SIGNED_IN + 4, "\n\n".join(query["sql"] for query in queries)
    data = {"card": card("c1").pk, "part": 0, "n": 0, "grade": 3, "ahead": shows}
    with CaptureQueriesContext(connection) as queries:
        assert is_confirmed(htmx.post(reverse("cards:grade"), data))
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    asked = [query["sql"] for query in queries if not query["sql"].startswith(control)]
    assert len(asked) <= 6
    assert not [sql for sql in asked if "COUNT(" in sql], "The day was looked through once more."


def test_the_counts_are_those_that_came_with_it_after_one_grade_and_found_anew_with_the_next_answer(
    htmx, client_of, ada
) -> None:
    shows, _, _ = ahead(answer(htmx, "c1"))
    client_of(ada).post(reverse("cards:grade"), {"card": card("c3").pk, "n": 0, "grade": 4})
    html = send(htmx, "c1", ahead=shows).content.decode()
    assert "<b>1</b> done" in html
    assert "<b>2</b> new" in html
    html = answer(htmx, "c2")
    assert "<b>2</b> done" in html
    assert "<b>1</b> new" in html


@pytest.mark.parametrize(
    "earlier", [lambda: START + timedelta(days=1), lambda: START - timedelta(days=1)], ids=["after", "before"]
)
def test_counts_of_another_day_are_not_gone_by(htmx, earlier) -> None:
    shows, _, _ = ahead(answer(htmx, "c1"))
    shows = shows.replace(str(START.date()), str(earlier().date())).replace("0-0-3-0", "7-7-7-7")
    reply = send(htmx, "c1", ahead=shows)
    assert is_confirmed(reply)
    html = reply.content.decode()
    assert "<b>1</b> done" in html
    assert "<b>2</b> new" in html


def test_counts_that_no_day_has_harm_nobody(htmx) -> None:
    shows = f"{card('c2').pk}-0-1 {START.date()} 999999999-0-999999999-999999999"
    reply = send(htmx, "c1", ahead=shows)
    assert is_confirmed(reply)
    assert "<b>1,000,000,000</b> done" in reply.content.decode()
    assert "<b>1</b> done" in answer(htmx, "c2")


def test_nor_those_of_a_card_whose_parts_keep_each_other_back(htmx, ada) -> None:
    gaps = Wording("It is {{c1::so}} and {{c2::so}}.", "", "")
    edit_card(card=card("c1"), author=ada, now=START, wording=gaps, base_number=1)
    send(htmx, "c1", part=1)
    number = f"{card('c2').pk}-0-1"
    html = send(htmx, "c3", ahead=f"{number} {START.date()} 1-0-2-0").content.decode()
    assert "<b>2</b> done" in html
    Schedule.objects.filter(card=card("c1")).update(
        counted_on=START.date() - timedelta(days=1), due_on=START.date()
    )
    html = send(htmx, "c1", n=1, part=1, ahead=f"{number} {START.date()} 7-7-7-7").content.decode()
    assert "<b>7</b>" not in html
    assert "<b>8</b>" not in html


def test_a_card_that_was_done_elsewhere_is_replaced_and_that_is_said(htmx) -> None:
    shows, _, _ = ahead(answer(htmx, "c1"))
    send(htmx, "c2")
    reply = send(htmx, "c1", ahead=shows)
    html = reply.content.decode()
    assert not is_confirmed(reply)
    assert "was done elsewhere in the meantime" in html
    assert "Prompt 3?" in html
    assert StudyEvent.objects.count() == 2


def test_so_it_is_where_nothing_is_left(htmx, ada) -> None:
    send(htmx, "c3")
    shows, _, _ = ahead(answer(htmx, "c1"))
    skip_cards(learner=ada, card_ids=[card("c2").pk], now=START)
    html = send(htmx, "c1", ahead=shows).content.decode()
    assert "was done elsewhere in the meantime" in html
    assert "Done for today: 2 cards." in html


def test_where_this_card_was_graded_elsewhere_that_is_said(htmx) -> None:
    shows, _, _ = ahead(answer(htmx, "c1"))
    send(htmx, "c1", grade=3)
    reply = send(htmx, "c1", grade=4, ahead=shows)
    assert not is_confirmed(reply)
    assert "graded elsewhere in the meantime" in reply.content.decode()
    assert StudyEvent.objects.count() == 1


def test_a_prompt_that_reads_otherwise_by_now_comes_without_a_word(htmx, ada) -> None:
    shows, _, _ = ahead(answer(htmx, "c1"))
    edit_card(card=card("c2"), author=ada, now=START, wording=Wording("Better?", "Yes.", ""), base_number=1)
    reply = send(htmx, "c1", ahead=shows)
    html = reply.content.decode()
    assert not is_confirmed(reply)
    assert "Better?" in html
    assert "elsewhere" not in html


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "1-0-1",
        *(
            f"{shown} 2026-11-29 0-0-3-0"
            for shown in ("1", "1-2", "0-0-1", "1-0-99999999999", "1-0-1-1", "-1-0-1")
        ),
        "1-0-1 2026-11-31 0-0-3-0",
        "1-0-1 2026-11-29 0-0-3",
    ],
)
def test_what_cannot_be_read_is_no_grade(htmx, sent) -> None:
    assert "could not be read" in send(htmx, "c1", ahead=sent).content.decode()
    assert not StudyEvent.objects.exists()


def test_the_last_card_sends_none_and_the_last_but_one_as_its_grade_has_it(htmx, ada) -> None:
    send(htmx, "c3")
    send(htmx, "c2")
    assert ahead(answer(htmx, "c1")) is None
    change_settings(learner=ada, new_place="last")
    make_card(deck=card("c1").deck, wording=Wording("One more?", "", ""), author=ada, now=START)
    _, grades, _ = ahead(answer(htmx, "c1"))
    assert grades == "3 4"  # the others bring this one again, before what is new


def test_a_grade_after_which_a_leech_is_told_of_waits_for_its_reply(htmx, ada) -> None:
    change_settings(learner=ada, leech_lapses=2)
    Schedule.objects.create(
        learner=ada, card=card("c1"), number=0, interval_days=3, repetitions=2, lapses=1, ease_hundredths=250,
        due_on=START.date(), first_graded_on=START.date() - timedelta(days=9), is_suspended=False,
    )  # fmt: skip
    assert ahead(answer(htmx, "c1"))[1] == "2 3 4"
    change_settings(learner=ada, leech_lapses=9)
    assert ahead(answer(htmx, "c1"))[1] == "1 2 3 4"


def test_in_practice_the_next_of_what_was_found(htmx) -> None:
    session = {"practise": 'deck:shared -"2?"', "order": "deck"}
    shows, grades, html = ahead(answer(htmx, "c1", **session))
    assert (shows, grades) == (f"{card('c3').pk}-0-1 {START.date()} 0-0-0-0", "1 2 3 4")
    assert f'name="after" value="{card("c1").pk}"' in html
    assert is_confirmed(send(htmx, "c1", 1, ahead=shows, **session))
    assert ahead(answer(htmx, "c3", **session)) is None


def test_choices_are_checked_in_the_order_in_which_they_were_sent_ahead(htmx, ada, clock) -> None:
    choices = Wording("Which?\n\n- [x] This\n- [ ] That\n- [ ] Those\n- [ ] Them", "So.", "")
    deck = card("c1").deck
    asked = make_card(deck=deck, wording=choices, author=ada, now=START)
    Card.objects.filter(key__in=("c2", "c3")).delete()
    for _ in range(6):
        shows, _, html = ahead(answer(htmx, "c1"))
        texts = re.findall(r'<span class="content">(?:<p>)?(\w+)', html)
        shuffle = re.search(r'name="shuffle" value="(\d+)"', html)[1]
        clock.tick(seconds=5)
        data = {
            "n": 0,
            "asked": int(clock.now.timestamp()),
            "shuffle": shuffle,
            "chosen": texts.index("This"),
        }
        url = reverse("cards:review_answer", args=[asked.pk])
        assert "<b>Right.</b>" in htmx.post(url, data).content.decode()
    assert is_confirmed(send(htmx, "c1", ahead=shows))
