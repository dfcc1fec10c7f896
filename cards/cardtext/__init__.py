"""The card language: what a card says, cleaned and checked, and the deck file that holds many. Pure."""

from cards.cardtext.choices import MOST_CHOICES, Choice, split_choices
from cards.cardtext.deck import CardText, DeckText, read_deck, write_deck
from cards.cardtext.wording import (
    DemoLink,
    TextError,
    Wording,
    clean,
    clean_tag,
    demo_texts,
    normalise,
    with_demo,
    without_demo,
)

__all__ = [
    "MOST_CHOICES",
    "CardText",
    "Choice",
    "DeckText",
    "DemoLink",
    "TextError",
    "Wording",
    "clean",
    "clean_tag",
    "demo_texts",
    "normalise",
    "read_deck",
    "split_choices",
    "with_demo",
    "without_demo",
    "write_deck",
]
