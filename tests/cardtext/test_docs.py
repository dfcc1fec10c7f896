"""docs/deck-format.md shows a deck that can be loaded."""

from pathlib import Path

from cards.cardtext import read_deck, write_deck
from cards.cardtext.deck import KEY_LIMIT, NAME_LIMIT
from cards.cardtext.wording import KEYS, LIMITS

DOCS = (Path(__file__).parents[2] / "docs" / "deck-format.md").read_text()


def test_it_shows_a_deck_that_is_read_and_written_as_it_stands() -> None:
    example = DOCS.split("````markdown\n")[1].split("````")[0]
    deck = read_deck(example)
    assert [(card.key, card.wording.needs_answer) for card in deck.cards] == [
        ("softmax-by-hand", False),
        ("why-exp", True),
    ]
    assert write_deck(deck) == example


def test_it_names_every_detail_and_limit() -> None:
    for key in KEYS:
        assert f"| `{key}` |" in DOCS
    for limit in [NAME_LIMIT, KEY_LIMIT, *LIMITS.values()]:
        assert f"{limit:,}" in DOCS
