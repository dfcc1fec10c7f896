"""Where one chooses what to practise."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import archive_card, make_cards
from cards.actions.decks import make_deck
from cards.actions.search import save_search
from cards.actions.study import grade_card
from cards.actions.suggestions import flag_card
from cards.cardtext import Wording
from cards.models import Card, Flag, Learner, Schedule
from cards.scheduling import Grade
from tests.conftest import START


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def ask(client: Client, **query: str) -> str:
    return client.get(reverse("cards:practice"), query).content.decode()


def offered(html: str) -> dict[str, dict[str, str]]:
    """Under each heading what is offered, and what is said beside it."""
    topics = {}
    for section in re.findall(r"<section>.*?</section>", html, re.DOTALL):
        [heading] = re.findall(r"<h2>(.*?)</h2>", section)
        rows = re.findall(r'">([^<]+)</a><span>(.*?)</span>', section)
        topics[heading] = {unescape(name): re.sub(r"<[^>]+>", "", said) for name, said in rows}
    return topics


def first(client: Client, html: str, name: str) -> str:
    """The session that is offered by that name: how far it is, and its first prompt."""
    [address] = re.findall(rf'href="([^"]+)">{re.escape(name)}<', html)
    session = client.get(unescape(address)).content.decode()
    [done, total] = re.findall(r"<b>(\d+)</b> of <b>(\d+)</b> practised", session)[0]
    [prompt] = re.findall(r'<div class="prompt content"><p>(.*?)</p>', session)
    return f"{done}/{total} {prompt}"


def test_anybody_can_practise_a_public_deck_or_a_tag(client) -> None:
    html = ask(client)
    assert offered(html) == {"One deck": {"Shared deck": "3 cards"}, "One tag": {"test": "3 cards"}}
    assert first(client, html, "Shared deck") == first(client, html, "test") == "0/3 Prompt 1?"
    assert not Learner.objects.exists()


def test_it_offers_the_decks_that_one_may_see_and_that_have_a_card(ada, bob, client_of) -> None:
    make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("Why?", "So."),))
    make_deck(owner=ada, name="Empty", now=START)
    archive_card(card=Card.objects.get(key="c3"), now=START)
    assert offered(ask(client_of(ada)))["One deck"] == {"Ada's": "1 card", "Shared deck": "2 cards"}
    assert offered(ask(client_of(bob)))["One deck"] == {"Shared deck": "2 cards"}


def test_two_decks_of_one_name_are_practised_apart(ada, client_of) -> None:
    for prompt in ("One?", "Two?"):
        make_deck(owner=ada, name="Twins", now=START, wordings=(Wording(prompt, "."),))
    client = client_of(ada)
    addresses = re.findall(r'href="([^"]+)">Twins<', ask(client))
    shown = [client.get(unescape(address)).content.decode() for address in addresses]
    assert [re.findall(r"<p>(\w+\?)</p>", html) for html in shown] == [["One?"], ["Two?"]]


def test_it_counts_what_can_be_practised_by_state(ada, client_of, clock, deck) -> None:
    make_cards(deck=deck, wordings=[Wording(f"{n}?", "") for n in range(4)], author=None, now=START)
    c1, c2, c3, *rest = deck.cards.order_by("position")
    for card, grade, days_ago in ((c1, Grade.AGAIN, 9), (c2, Grade.GOOD, 3), (c3, Grade.AGAIN, 0)):
        now = START - timedelta(days=days_ago)
        grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=grade, now=now)
    Schedule.objects.filter(card=c2).update(due_on=START.date() + timedelta(days=20), ease_hundredths=190)
    Schedule.objects.filter(card=c1).update(is_suspended=True, lapses=8)
    flag_card(card=rest[0], learner=ada, kind=Flag.Kind.TYPO, note="", now=START)
    html = ask(client_of(ada))
    topics = offered(html)
    assert topics["What you forgot"] == {
        "Today": "1 card", "In the last 7 days": "1 card", "In the last 30 days": "2 cards",
    }  # fmt: skip
    assert topics["What is hard"] == {
        "With an E-Factor below 2": "1 card", "Forgotten again and again": "1 card", "Flagged by you": "1 card",
        "Suspended": "1 card",
    }  # fmt: skip
    assert topics["What comes"] == {
        "In the next 7 days": "1 card", "Later than that": "1 card", "Not learnt yet": "4 cards",
    }  # fmt: skip
    client = client_of(ada)
    assert first(client, html, "In the last 30 days") == "0/2 Prompt 1?"
    assert first(client, html, "In the next 7 days") == "0/1 Prompt 3?"
    assert first(client, html, "Not learnt yet") == "0/4 0?"


def test_what_comes_is_practised_soonest_first(ada, client_of) -> None:
    for days, card in enumerate(Card.objects.order_by("-position"), start=1):
        grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
        Schedule.objects.filter(card=card).update(due_on=START.date() + timedelta(days=days))
    client = client_of(ada)
    assert first(client, ask(client), "In the next 7 days") == "0/3 Prompt 3?"


def test_it_offers_ones_own_searches(ada, bob, client_of) -> None:
    save_search(learner=ada, name="Second & third", query='prompt -"1?"', now=START)
    save_search(learner=bob, name="Bob's", query="x", now=START)
    client = client_of(ada)
    html = ask(client)
    assert offered(html)["Your searches"] == {"Second & third": "prompt -&quot;1?&quot;"}
    assert first(client, html, "Second &amp; third") == "0/2 Prompt 2?"


def test_all_of_it_can_be_shuffled(ada, client_of, deck, clock) -> None:
    make_cards(deck=deck, wordings=[Wording(f"{n}?", "") for n in range(20)], author=None, now=START)
    client = client_of(ada)
    html = ask(client, shuffled="on")
    begun = set()
    for _ in range(5):
        begun.add(first(client, html, "Shared deck"))
        clock.tick(seconds=1)
    assert len(begun) > 1
