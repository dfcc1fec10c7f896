"""Leaving: said before, done once, and what others use stays without a name."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards.actions.cards import edit_card, make_card
from cards.actions.decks import make_deck, study_deck
from cards.actions.groups import make_group, make_group_deck
from cards.actions.study import grade_card
from cards.actions.suggestions import (
    accept_suggestion,
    comment_on_suggestion,
    suggest_new_card,
    suggest_to_remove,
    suggest_wording,
)
from cards.cardtext import Wording
from cards.models import (
    Card,
    Deck,
    Learner,
    Picture,
    Revision,
    Schedule,
    StudyEvent,
    StudyGroup,
    Suggestion,
    SuggestionComment,
)
from cards.scheduling import Grade
from tests.conftest import START, make_learner
from tests.groups import let_join, make_readers

DELETE = "/settings/my-data/delete/"
PASSWORD = "correct horse battery staple"
GIVEN = {"password": PASSWORD}


@pytest.fixture
def client(client, ada: Learner, clock):
    """Ada's."""
    ada.set_password(PASSWORD)
    ada.save()
    client.force_login(ada)
    return client


def picture_of(owner: Learner) -> Picture:
    picture = Picture.objects.create(owner=owner, width=1, height=1, created_at=START)
    default_storage.save(picture.file_name, ContentFile(b"webp"))
    return picture


def deck_of(owner: Learner, name: str, answer: str = "") -> Deck:
    return make_deck(
        owner=owner, name=name, description="", wordings=(Wording("Why?", answer, ""),), now=START
    )


def grade(learner: Learner, card: Card) -> None:
    grade_card(learner=learner, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)


def said(html: str, heading: str) -> str:
    """The text of one section of the page."""
    section = re.search(rf"<h2>{heading}.*?</section>", html, re.DOTALL)[0]
    return " ".join(re.sub("<[^>]+>", " ", section).split())


def test_it_says_what_goes_and_what_stays_and_then_that_is_so(
    client, ada, bob, deck, django_capture_on_commit_callbacks
) -> None:
    lone, shared_picture, lone_picture = deck_of(ada, "Mine alone"), picture_of(ada), picture_of(ada)
    public = deck_of(ada, "For all", f"![it]({shared_picture.get_absolute_url()})")
    Deck.objects.filter(pk=public.pk).update(is_public=True)
    study_deck(learner=bob, deck=public, now=START)
    grade(bob, public.cards.get())
    grade(ada, public.cards.get())
    grade(ada, lone.cards.get())
    card = deck.cards.get(key="c1")
    wording = Wording(card.prompt, "Better", card.details)
    edit_card(card=card, wording=wording, base_number=1, author=ada, now=START)

    html = client.get(DELETE).content.decode()
    goes, stays = said(html, "What goes"), said(html, "What stays")
    assert "2 reviews" in goes
    assert "Your deck Mine alone" in goes
    assert "1 picture of yours" in goes
    assert "The deck For all , which others study: it becomes the site’s" in stays
    assert "2 wordings that you wrote" in stays
    assert "1 picture shown there" in stays

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(DELETE, GIVEN, follow=True)
    assert "Everything that was to be deleted is deleted." in response.content.decode()
    assert not Learner.objects.filter(username="ada").exists()
    assert not Deck.objects.filter(pk=lone.pk).exists()
    assert list(StudyEvent.objects.values_list("learner", flat=True)) == [bob.pk]
    assert Schedule.objects.get().learner == bob
    public.refresh_from_db()
    assert public.owner is None
    kept = Picture.objects.get()
    assert (kept.pk, kept.owner) == (shared_picture.pk, None)
    assert [default_storage.exists(each.file_name) for each in (shared_picture, lone_picture)] == [
        True,
        False,
    ]
    assert Revision.objects.get(card=card, number=2).author is None
    history = client.get(card.get_absolute_url()).content.decode()
    assert "Better" in history
    assert "ada" not in history
    assert client.get(reverse("cards:settings")).status_code == 302  # signed out


def test_somebody_who_leaves_nothing_behind_hears_that(client, deck) -> None:
    assert said(client.get(DELETE).content.decode(), "What stays").startswith(
        "What stays, without your name Nothing."
    )


def test_asking_alone_deletes_nothing(client, ada) -> None:
    client.get(DELETE)
    client.head(DELETE)
    assert Learner.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize("given", ["", "not hers"])
def test_a_session_left_open_deletes_nothing(client, ada, given) -> None:
    response = client.post(DELETE, {"password": given})
    assert response.status_code == 422
    assert (
        "This field is required." if not given else "That is not your password."
    ) in response.content.decode()
    assert Learner.objects.filter(pk=ada.pk).exists()


def test_a_password_is_not_guessed_here(client, ada) -> None:
    answers = [client.post(DELETE, {"password": f"guess {number}"}).status_code for number in range(12)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert Learner.objects.filter(pk=ada.pk).exists()


def test_a_second_click_is_no_error(client, ada, bob) -> None:
    client.post(DELETE, GIVEN)
    assert client.post(DELETE, GIVEN).url.startswith("/accounts/login/")
    assert Learner.objects.filter(pk=bob.pk).exists()


def test_a_form_of_another_site_deletes_nothing(ada, client) -> None:
    client.handler.enforce_csrf_checks = True
    assert client.post(DELETE, GIVEN).status_code == 403
    assert Learner.objects.filter(pk=ada.pk).exists()


def test_the_last_admin_is_told_and_stays(client, ada) -> None:
    Learner.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    response = client.post(DELETE, GIVEN)
    assert response.status_code == 422
    assert "This is the last account that opens the whole admin." in response.content.decode()
    make_learner("eve", is_staff=True, is_superuser=True)
    assert client.post(DELETE, GIVEN).status_code == 302
    assert not Learner.objects.filter(pk=ada.pk).exists()


def test_a_guest_leaves_without_a_password(deck, clock) -> None:
    browser = Client()
    card = deck.cards.get(key="c1")
    browser.post(reverse("cards:grade"), {"card": card.pk, "part": 0, "n": 0, "grade": 3})
    assert "What you did here as a guest" in browser.get(
        "/settings/my-data/delete/"
    ).content.decode().replace("what you did", "What you did")
    browser.post(DELETE)
    assert not StudyEvent.objects.exists()
    assert not Learner.objects.filter(is_guest=True).exists()
    assert browser.get("/").status_code == 200


def test_a_suggestion_that_waits_can_still_be_accepted_with_its_picture(client, ada, staff, deck) -> None:
    picture, card = picture_of(ada), deck.cards.get(key="c1")
    wording = Wording(card.prompt, f"![it]({picture.get_absolute_url()})", card.details)
    suggestion = suggest_wording(
        card=card, wording=wording, base_number=1, proposer=ada, reason="clearer", now=START
    )
    client.post(DELETE, GIVEN)
    suggestion = Suggestion.objects.get(pk=suggestion.pk)
    assert suggestion.proposer is None
    accept_suggestion(
        suggestion=suggestion, editor=staff, wording=wording, base_number=1, reply="", now=START
    )
    assert client.get(picture.get_absolute_url()).status_code == 200  # for everybody, in everybody's deck


def test_it_says_who_gets_ones_groups_and_which_go_and_then_that_is_so(client, ada, bob) -> None:
    group = make_readers(ada)
    let_join(group, bob, "viewer")
    let_join(group, make_learner("eve"), "member")
    alone = make_group(owner=ada, name="Mine alone", now=START)
    lone = make_group_deck(group=alone, maker=ada, name="Lone deck", description="", now=START)
    make_card(deck=lone, wording=Wording("Why?", "So."), author=ada, now=START)
    let_join(make_group(owner=bob, name="Bob's", now=START), ada)

    html = client.get(DELETE).content.decode()
    goes, stays = said(html, "What goes"), said(html, "What stays")
    assert "Your group Mine alone , in which nobody else is" in goes
    assert "Your deck Lone deck" in goes
    assert "you are in 1 group of others" in goes
    assert "The group Readers , with its decks: eve owns it then" in stays
    assert "1 wording that you wrote" in stays  # of the deck that stays; not of the one that goes

    client.post(DELETE, GIVEN)
    assert not Learner.objects.filter(username="ada").exists()
    assert group.memberships.get(role="owner").learner.username == "eve"
    assert not StudyGroup.objects.filter(name="Mine alone").exists()
    assert not Deck.objects.filter(name="Lone deck").exists()
    assert Revision.objects.get(card__deck__group=group).author is None


def test_it_asks_as_often_for_many_groups(client, ada, bob) -> None:
    counts = []
    for more in (1, 10):
        for number in range(more):
            let_join(make_group(owner=ada, name=f"{more} {number}", now=START), bob)
            make_group(owner=ada, name=f"alone {more} {number}", now=START)
        with CaptureQueriesContext(connection) as queries:
            client.get(DELETE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_all_that_one_proposed_and_said_of_proposals_is_counted_but_in_decks_that_go(
    client, ada, bob, deck
) -> None:
    own, card = make_deck(owner=ada, name="Mine", now=START), deck.cards.get(key="c1")
    for where in (deck, own):
        new = suggest_new_card(
            deck=where, proposer=ada, wording=Wording("New?", "So."), reason="missing", now=START
        )
        comment_on_suggestion(suggestion=new, author=ada, text="Please.", now=START)
    suggest_to_remove(card=card, proposer=ada, reason="twice", now=START)
    stays = said(client.get(DELETE).content.decode(), "What stays")
    assert "2 suggestions of yours for such decks: by nobody" in stays
    assert "1 comment of yours on suggestions: by somebody who has left" in stays
    client.post(DELETE, GIVEN)
    assert Suggestion.objects.filter(proposer=None).count() == 2
    assert SuggestionComment.objects.get().author is None
