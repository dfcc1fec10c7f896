"""Suggesting that a card should go."""

import pytest

from cards.actions.cards import archive_card
from cards.models import Learner, Membership, Role, Suggestion
from tests.conftest import START
from tests.groups import deck_of, let_join, make_readers
from tests.views.plain_browser import press


@pytest.fixture
def card(ada: Learner, bob: Learner, clock):
    group = make_readers(ada, cards=1)
    let_join(group, bob)
    return deck_of(group).cards.get()


def url(card) -> str:
    return f"/cards/{card.pk}/suggest/removal/"


def test_it_waits_for_the_editors_and_the_card_stays(client_of, bob, card) -> None:
    client = client_of(bob)
    assert url(card) in client.get(f"/cards/{card.pk}/suggest/").content.decode()
    page = client.get(url(card))
    for _ in range(2):  # a double click
        answer = press(client, page, "Send the suggestion", reason="doubled", source="card 7")
    assert answer.url == card.get_absolute_url()
    suggestion = Suggestion.objects.get()
    assert (suggestion.kind, suggestion.card, suggestion.base_number) == ("removal", card, 1)
    assert suggestion.wording == card.wording
    card.refresh_from_db()
    assert card.archived_at is None


def test_a_reason_is_wanted(client_of, bob, card) -> None:
    client = client_of(bob)
    assert press(client, client.get(url(card)), "Send the suggestion").status_code == 422
    assert not Suggestion.objects.exists()


def test_a_card_in_the_archive_is_gone_already(client_of, bob, card) -> None:
    archive_card(card=card, now=START)
    assert client_of(bob).get(url(card)).status_code == 404


def test_who_only_reads_suggests_and_flags_nothing(client_of, bob, card) -> None:
    Membership.objects.filter(learner=bob).update(role=Role.VIEWER)
    client = client_of(bob)
    for page in (card.get_absolute_url(), f"/review/{card.pk}/?n=0"):
        html = client.get(page).content.decode()
        assert "Suggest an edit" not in html
        assert ">Flag" not in html
    for address in (url(card), f"/cards/{card.pk}/suggest/", f"/cards/{card.pk}/flag/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"kind": "typo", "reason": "x"}).status_code == 404
    Membership.objects.filter(learner=bob).update(role=Role.MEMBER)
    html = client.get(f"/review/{card.pk}/?n=0").content.decode()
    assert "Suggest an edit" in html
    assert ">Flag" in html
