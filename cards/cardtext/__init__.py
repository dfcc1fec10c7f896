"""The card language: what a card says, cleaned and checked, and the deck file that holds many. Pure."""

from cards.cardtext.choices import MOST_CHOICES, Choice, split_choices
from cards.cardtext.deck import CardText, DeckText, read_deck, write_deck
from cards.cardtext.formula import FormulaError, Place, read_formula
from cards.cardtext.wording import (
    DemoLink,
    TextError,
    Wording,
    clean,
    clean_tag,
    demo_texts,
    normalise,
    question_of,
    with_demo,
    without_demo,
)
from cards.cardtext.worksheet import Formula, Given, Worksheet, compute_all

__all__ = [
    "MOST_CHOICES",
    "CardText",
    "Choice",
    "DeckText",
    "DemoLink",
    "Formula",
    "FormulaError",
    "Given",
    "Place",
    "TextError",
    "Wording",
    "Worksheet",
    "clean",
    "clean_tag",
    "compute_all",
    "demo_texts",
    "normalise",
    "question_of",
    "read_deck",
    "read_formula",
    "split_choices",
    "with_demo",
    "without_demo",
    "write_deck",
]
