"""manage.py fold_cards: what searches look into is what the cards say."""

import pytest
from django.core.management import CommandError, call_command

from cards.actions import cards as actions
from cards.actions.cards import edit_card, fold_cards
from cards.cardtext import Wording
from cards.models import Card
from cards.models.search import searchable
from tests.conftest import START


@pytest.fixture(autouse=True)
def _world(deck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "FOLDED_AT_ONCE", 2)


def columns(card: Card) -> dict[str, str]:
    card.refresh_from_db()
    return {"search_text": card.search_text, "search_tags": card.search_tags}


def fold(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("fold_cards", *options)
    return capsys.readouterr().out.strip()


def test_it_has_nothing_to_do_where_actions_wrote(capsys) -> None:
    assert fold(capsys) == fold(capsys, "--check") == "All cards are found by what they say."


def test_it_finds_and_mends_what_differs(capsys) -> None:
    first, second, third = Card.objects.order_by("pk")
    Card.objects.filter(pk=first.pk).update(search_text="")
    Card.objects.filter(pk=third.pk).update(search_tags="\nold\n")
    with pytest.raises(CommandError, match="2 cards are not found by what they say") as raised:
        fold(capsys, "--check")
    assert raised.value.returncode == 1
    assert columns(first)["search_text"] == ""
    assert fold(capsys) == "2 cards are folded anew."
    for card in (first, second, third):
        assert columns(card) == searchable(card.wording)
    assert fold(capsys, "--check") == "All cards are found by what they say."


def test_an_edit_meanwhile_is_not_undone(monkeypatch) -> None:
    card = Card.objects.order_by("pk")[0]
    Card.objects.filter(pk=card.pk).update(search_text="")

    def edited_meanwhile(wording: Wording) -> dict[str, str]:
        monkeypatch.setattr(actions, "searchable", searchable)
        edit_card(card=card, wording=Wording("Another?", ""), base_number=1, author=None, now=START)
        return searchable(wording)

    monkeypatch.setattr(actions, "searchable", edited_meanwhile)
    fold_cards()
    assert columns(card) == searchable(Wording("Another?", ""))
