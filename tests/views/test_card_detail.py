"""The card's page: what it says, where one stands with it, how its wording came to be."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.actions.cards import edit_card
from cards.actions.decks import make_deck
from cards.actions.study import grade_card
from cards.actions.suggestions import accept_suggestion, decline_suggestion, flag_card, suggest_wording
from cards.cardtext import Wording, clean
from cards.models import Card, Flag, Learner, Schedule
from cards.scheduling import Grade
from tests.conftest import START


@pytest.fixture
def card(deck, clock) -> Card:
    return deck.cards.get(key="c1")


def text_of(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def page(client, card: Card) -> str:
    return client.get(card.get_absolute_url()).content.decode()


def edit(card: Card, answer: str, author: Learner, number: int, **more) -> None:
    wording = Wording(card.prompt, answer, card.details)
    edit_card(card=card, wording=wording, base_number=number, author=author, now=START, **more)


def test_it_shows_the_card_to_anybody(client, card) -> None:
    text = text_of(page(client, card))
    assert "Shared deck" in text
    assert "Prompt 1? Answer 1. a book Tags: test New to you." in text
    assert "Suggest an edit" in text
    assert "Flag" in text
    assert not Learner.objects.exists()


def test_it_says_where_one_stands_with_it(client_of, ada, card, clock) -> None:
    client = client_of(ada)
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    assert "Due for you on 3 March 2026. The interval is 1 day." in text_of(page(client, card))
    clock.tick(days=1)
    assert "Due for you today." in text_of(page(client, card))
    clock.tick(days=1)
    assert "Due for you since 3 March 2026." in text_of(page(client, card))
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=1, grade=Grade.AGAIN, now=clock.now)
    assert "It comes again today." in text_of(page(client, card))
    Schedule.objects.update(is_suspended=True)
    assert "For you it is suspended." in text_of(page(client, card))


def test_it_says_where_one_stands_with_each_part(client, client_of, ada, card, clock) -> None:
    gaps = clean("{{c1::a}} {{c2::b}} {{c5::c}}", "")
    edit_card(card=card, wording=gaps, base_number=1, author=ada, now=START)
    for part, days in ((1, 9), (5, 0), (4, 0)):  # part 4 the card has not
        Schedule.objects.create(
            learner=ada, card=card, part=part, number=1, due_on=START.date() + timedelta(days=days),
            interval_days=9, ease_hundredths=250, repetitions=1, lapses=0, is_suspended=False,
        )  # fmt: skip
    for url in (card.get_absolute_url(), f"/cards/{card.pk}/statistics/"):
        text = text_of(client_of(ada).get(url).content.decode())
        assert (
            "Part 1: Due for you on 11 March 2026. The interval is 9 days. "
            "Part 2: New to you. Part 5: Due for you today." in text
        )
        assert "Part 4" not in text
        assert "Part 5: New to you." in text_of(client.get(url).content.decode())


def test_it_marks_what_has_no_answer(client, deck, clock) -> None:
    card = deck.cards.get(key="c2")
    Card.objects.filter(pk=card.pk).update(answer="")
    assert "This card has no answer yet." in text_of(page(client, card))


def test_the_history_says_who_when_why_and_what(client_of, ada, bob, staff, card) -> None:
    edit(card, "Answer 1, better.", staff, 1, reason="more precise", co_author=bob)
    html = page(client_of(ada), card)
    text = text_of(html)
    assert "Edited by staff with bob · 2 March 2026, 10:00 · revision 2 more precise" in text
    assert "Written · 2 March 2026, 10:00 · revision 1" in text
    assert "Answer 1<ins>, better</ins>." in html
    assert text.index("revision 2") < text.index("revision 1")


def test_the_history_shows_only_the_texts_that_changed(client, staff, card) -> None:
    edit(card, "Changed.", staff, 1)
    html = page(client, card)
    assert "<dt>Answer</dt>" in html
    assert "<dt>Prompt</dt>" not in html
    assert "<dt>Details</dt>" not in html


def test_the_history_speaks_of_the_learners_own_time(client_of, ada, card) -> None:
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    assert "2 March 2026, 19:00" in page(client_of(ada), card)


def test_the_name_of_a_guest_stays_unsaid(client, bob, staff, card) -> None:
    bob.is_guest = True
    bob.save()
    edit(card, "Better.", staff, 1, co_author=bob)
    assert "Edited by staff with a guest" in text_of(page(client, card))


def test_a_past_wording_cannot_smuggle_html(client, staff, card) -> None:
    edit(card, "<script>alert(1)</script>", staff, 1, reason="<b>why</b>")
    html = page(client, card)
    assert "<script>alert" not in html
    assert "<b>why</b>" not in html


def test_only_an_editor_can_go_back(client_of, ada, staff, card) -> None:
    edit(card, "Better.", staff, 1)
    assert 'name="restore"' not in page(client_of(ada), card)
    html = page(client_of(staff), card)
    assert html.count('name="restore"') == 1
    assert 'name="restore" value="1"' in html


def test_an_editor_edits_where_others_suggest(client_of, ada, clock) -> None:
    own = make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("P?", "A."),)).cards.get()
    text = text_of(page(client_of(ada), own))
    assert "Edit E" in text
    assert "Suggest an edit" not in text
    assert "Put the card in the archive" in text


def test_it_shows_ones_flag(client_of, ada, bob, card) -> None:
    flag_card(card=card, learner=ada, kind=Flag.Kind.TYPO, note="exmaple", now=START)
    assert "Flagged as typo: exmaple" in text_of(page(client_of(ada), card))
    assert "Flagged" not in text_of(page(client_of(bob), card))


def test_it_shows_ones_suggestions_with_what_became_of_them(client_of, ada, bob, staff, card) -> None:
    def suggest(answer: str):
        wording = Wording(card.prompt, answer, card.details)
        return suggest_wording(
            card=card, proposer=bob, wording=wording, base_number=1, reason="so", now=START
        )

    first, second = suggest("Answer A."), suggest("Answer B.")
    html = page(client_of(bob), card)
    assert text_of(html).count("Not decided yet") == 2
    assert "Answer <del>1</del><ins>A</ins>." in html
    assert "What you suggested" not in page(client_of(ada), card)
    decide = {"editor": staff, "now": START}
    decline_suggestion(suggestion=first, reply="Not quite.", **decide)
    accept_suggestion(suggestion=second, wording=second.wording, base_number=1, reply="Thanks.", **decide)
    text = text_of(page(client_of(bob), card))
    assert "Declined · 2 March 2026 so Not quite." in text
    assert "Accepted · 2 March 2026 so Thanks." in text
    assert "Accepted suggestion by staff with bob" in text


@pytest.mark.parametrize("name", ["ada", "staff", "nobody"])
def test_it_needs_as_many_queries_for_a_long_history(
    name, request, client, client_of, bob, staff, card
) -> None:
    client = client if name == "nobody" else client_of(request.getfixturevalue(name))
    counts = []
    for numbers in (range(0), range(1, 16)):
        for number in numbers:
            edit(card, f"Answer, wording {number}.", staff, number, co_author=bob)
        with CaptureQueriesContext(connection) as queries:
            page(client, card)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 11


def test_a_long_history_has_pages(client, staff, card) -> None:
    for number in range(1, 25):
        edit(card, f"Wording {number}.", staff, number)
    text = text_of(page(client, card))
    assert "revision 25" in text
    assert "revision 6 " in text
    assert "revision 5 " not in text
    second = text_of(client.get(card.get_absolute_url(), {"page": 2}).content.decode())
    assert "revision 5 " in second
    assert "revision 1 " in second


def test_the_due_day_is_that_of_the_learners_study_day(client_of, ada, card, clock) -> None:
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    clock.set(START.replace(hour=3) + timedelta(days=1))
    assert "Due for you on 3 March 2026" in text_of(page(client_of(ada), card))
