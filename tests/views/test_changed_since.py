"""“This answer changed since you learned it”: shown with the answer, kept by a grade, or the card started anew."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.cards import edit_card
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.models import Card, Deck, Enrolment, Learner, Membership, Role, Schedule, StudyGroup
from cards.scheduling import Grade
from tests.conftest import SIGNED_IN, START
from tests.views.plain_browser import Forms, press

HTMX = {"HX-Request": "true"}
SAID = "This answer changed since you learned it"


@pytest.fixture
def card(deck, clock, ada, bob) -> Card:
    """One that ada has graded, and that bob edited an hour later; the day after."""
    card = deck.cards.get(key="c1")
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    edit(card, bob, "Answer one, exactly.")
    clock.tick(days=1)
    return card


def edit(card: Card, author: Learner | None, answer: str) -> None:
    wording = Wording(card.prompt, answer, card.details)
    edit_card(
        card=card,
        wording=wording,
        base_number=card.revision_number,
        author=author,
        now=START + timedelta(hours=1),
    )


def show(client: Client, card: Card, n: int = 1, **session: object):
    return client.get(reverse("cards:review_answer", args=[card.pk]), {"n": n, **session})


def test_it_is_shown_with_the_answer_and_never_before(client_of, ada, card) -> None:
    client = client_of(ada)
    prompt = client.get(reverse("cards:review"), {"card": card.pk}).content.decode()
    assert "Prompt 1?" in prompt
    assert SAID not in prompt
    html = show(client, card).content.decode()
    assert SAID in html
    assert "Answer <del>1</del><ins>one, exactly</ins>." in html
    assert 'data-key="r"' in html


def test_a_grade_keeps_the_card_and_it_is_said_no_more(client_of, ada, card, clock) -> None:
    client = client_of(ada)
    press(client, show(client, card), "Good6 days3")
    assert Schedule.objects.get(learner=ada, card=card).repetitions == 2
    clock.tick(days=6)
    assert SAID not in show(client, card, 2).content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_is_started_anew_from_there_and_that_can_be_undone(client_of, ada, card, headers) -> None:
    client = client_of(ada)
    if headers:
        data = {"cards": card.pk, "act": "restart"}
        page = client.post(reverse("cards:card_act"), data, headers=headers)
    else:
        page = press(client, show(client, card), "Start it anew R", follow=True)
    assert "1 card is new again." in page.content.decode()
    assert Schedule.objects.get(learner=ada, card=card).due_on is None
    assert SAID not in show(client, card, 2).content.decode()
    press(client, page, "Undo restart U")
    assert Schedule.objects.get(learner=ada, card=card).repetitions == 1
    assert SAID in show(client, card, 3).content.decode()


def test_it_stands_on_the_cards_page_too(client_of, ada, bob, card) -> None:
    client = client_of(ada)
    page = client.get(card.get_absolute_url())
    assert SAID in page.content.decode()
    page = press(client, page, "Start it anew R", follow=True)
    assert page.redirect_chain == [(card.get_absolute_url(), 302)]
    assert SAID not in page.content.decode()
    assert SAID not in client_of(bob).get(card.get_absolute_url()).content.decode()


def test_practice_shows_it_and_leaves_it_there(client_of, ada, card) -> None:
    client, session = client_of(ada), {"practise": "Prompt"}
    html = show(client, card, **session).content.decode()
    assert SAID in html
    assert 'data-key="r"' not in html
    data = {"card": card.pk, "part": 0, "n": 1, "grade": 3, **session}
    client.post(reverse("cards:grade"), data)
    assert SAID in show(client, card, 2, **session).content.decode()


@pytest.mark.parametrize("of", ["own", "group"])
def test_it_is_so_in_a_deck_of_ones_own_and_in_a_groups(client_of, ada, card, of) -> None:
    if of == "own":
        Deck.objects.update(owner=ada, is_public=False)
    else:
        group = StudyGroup.objects.create(name="Readers", created_at=START)
        Membership.objects.create(group=group, learner=ada, role=Role.VIEWER, created_at=START)
        Deck.objects.update(group=group, is_public=False)
    assert Enrolment.objects.filter(learner=ada, deck=card.deck).exists()
    assert SAID in show(client_of(ada), card).content.decode()


def test_somebody_without_a_log_is_told_nothing(client, card) -> None:
    assert SAID not in show(client, card, 0).content.decode()
    assert SAID not in client.get(card.get_absolute_url()).content.decode()


def test_hostile_text_is_shown_as_text(client_of, ada, bob, card) -> None:
    edit(card, bob, "<script>alert(1)</script>")
    html = show(client_of(ada), card).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_it_takes_one_more_query_for_a_card_that_was_edited(
    client_of, ada, deck, card, django_assert_num_queries
) -> None:
    client, never = client_of(ada), deck.cards.get(key="c2")
    with django_assert_num_queries(SIGNED_IN + 5):
        show(client, never, 0)
    with django_assert_num_queries(SIGNED_IN + 6):
        show(client, card)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_card_that_is_edited_between_its_answer_and_the_grade_is_shown_anew(
    client_of, ada, bob, card, headers
) -> None:
    client = client_of(ada)
    page = show(client, card)
    edit(card, bob, "Changed under their eyes.")
    data = next(form for form in Forms(page.content.decode()).forms if "Good" in str(form.buttons)).fields
    again = client.post(reverse("cards:grade"), data | {"grade": 3}, headers=headers, follow=True)
    html = again.content.decode()
    assert again.status_code == 200
    assert "It was not graded: this is how it reads now." in html
    assert "This answer changed since you learned it" in html
    assert "Changed" in html
    assert ada.study_events.count() == 1
    data = next(form for form in Forms(html).forms if "Good" in str(form.buttons)).fields
    client.post(reverse("cards:grade"), data | {"grade": 3}, headers=headers)
    assert ada.study_events.count() == 2
