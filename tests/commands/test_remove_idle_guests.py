"""manage.py remove_idle_guests: who goes after sixty days of doing nothing, and who stays.

What goes with a guest is in tests/actions/test_learners.py.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cards.actions.acts import undo_event
from cards.actions.cards import make_card
from cards.actions.decks import make_deck, study_deck
from cards.actions.learners import guest_for
from cards.actions.search import save_search
from cards.actions.study import grade_card
from cards.actions.suggestions import flag_card, suggest_wording
from cards.cardtext import Wording
from cards.models import Card, Deck, Flag, Learner, Picture, StudyEvent
from cards.scheduling import Grade
from tests.conftest import START, Clock

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _world(deck: Deck, clock: Clock) -> None:
    pass


@pytest.fixture
def guest() -> Learner:
    return guest_for(claim="one", time_zone="UTC", now=START)


def remove(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("remove_idle_guests")
    return capsys.readouterr().out


def card(key: str = "c1") -> Card:
    return Card.objects.get(key=key)


def grades(guest: Learner, now: datetime):
    return grade_card(
        learner=guest, card_id=card().pk, part=0, shown_number=0, grade=Grade.GOOD, now=now, is_practice=True
    )


def takes_back(guest: Learner, now: datetime) -> None:
    undo_event(learner=guest, event_id=grades(guest, now - timedelta(minutes=1)).event_id, now=now)


def writes_a_card(guest: Learner, now: datetime) -> None:
    deck = Deck.objects.filter(owner=guest).first()
    assert deck is not None
    make_card(deck=deck, wording=Wording("Why?", ""), author=guest, now=now)


def suggests(guest: Learner, now: datetime) -> None:
    wording = Wording("P?", "A.")
    suggest_wording(card=card(), proposer=guest, wording=wording, base_number=1, reason="Shorter.", now=now)


def stores_a_picture(guest: Learner, now: datetime) -> None:
    Picture.objects.create(owner=guest, width=1, height=1, created_at=now)


ACTS: dict[str, Callable[[Learner, datetime], object]] = {
    "grades": grades,
    "takes back": takes_back,
    "makes a deck": lambda guest, now: make_deck(owner=guest, name="New", now=now),
    "writes a card": writes_a_card,
    "begins to study": lambda guest, now: study_deck(
        learner=guest, deck=Deck.objects.create(name="Other", is_public=True, created_at=START), now=now
    ),
    "suggests": suggests,
    "flags": lambda guest, now: flag_card(card=card(), learner=guest, kind=Flag.Kind.WRONG, note="", now=now),
    "stores a picture": stores_a_picture,
    "keeps a search": lambda guest, now: save_search(learner=guest, name="GPU", query="tag:gpu", now=now),
}


@pytest.mark.parametrize("act", ACTS)
def test_whoever_does_something_stays_for_sixty_days_from_then(capsys, clock, guest, act) -> None:
    make_deck(owner=guest, name="Old", now=START)
    clock.tick(days=50)
    ACTS[act](guest, clock.now)
    clock.tick(days=60)
    assert remove(capsys) == "0 guests removed.\n"
    clock.tick(seconds=1)
    assert remove(capsys) == "1 guest removed.\n"
    assert not Learner.objects.filter(pk=guest.pk).exists()


def test_a_guest_who_did_nothing_at_all_goes_by_the_day_they_came(capsys, clock, guest) -> None:
    clock.tick(days=60)
    assert remove(capsys) == "0 guests removed.\n"
    clock.tick(seconds=1)
    assert remove(capsys) == "1 guest removed.\n"
    assert remove(capsys) == "0 guests removed.\n"


def test_an_account_never_goes(capsys, clock, ada, guest) -> None:
    grades(ada, START)
    clock.tick(days=10_000)
    assert remove(capsys) == "1 guest removed.\n"
    assert list(Learner.objects.all()) == [ada]
    assert StudyEvent.objects.filter(learner=ada).exists()


def test_the_schedules_of_those_who_stay_are_right(capsys, clock, ada, guest) -> None:
    for learner in (ada, guest):
        grades(learner, START)
    clock.tick(days=61)
    remove(capsys)
    call_command("replay", "--check")
    assert capsys.readouterr().out == "1 schedules are what their events say.\n"


def test_a_browser_whose_guest_went_begins_anew(capsys, clock) -> None:
    browser = Client()

    def grade() -> None:
        data = {"card": card().pk, "part": 0, "n": 0, "grade": 3}
        assert browser.post(reverse("cards:grade"), data, follow=True).status_code == 200

    browser.get(reverse("cards:review"))
    grade()
    gone = Learner.objects.get()
    clock.tick(days=61)
    remove(capsys)
    page = browser.get(reverse("cards:review"))
    assert "Prompt 1?" in page.content.decode()
    assert not Learner.objects.exists()
    grade()
    assert Learner.objects.get().pk != gone.pk
    assert StudyEvent.objects.count() == 1


def test_many_go_in_few_queries(capsys, clock, django_assert_max_num_queries) -> None:
    for number in range(30):
        grades(guest_for(claim=f"{number}", time_zone="UTC", now=START), START)
    clock.tick(days=61)
    with django_assert_max_num_queries(45):
        assert remove(capsys) == "30 guests removed.\n"
