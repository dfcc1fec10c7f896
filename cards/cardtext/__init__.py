"""The card language: what a card says, cleaned and checked, and the deck file that holds many. Pure."""

from cards.cardtext.choices import MOST_CHOICES, Choice, split_choices
from cards.cardtext.cloze import MOST_CLOZES, Cloze, ClozeError, cloze_numbers, hidden, read_clozes, show
from cards.cardtext.console import Console, Example, Goal
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
    "MOST_CLOZES",
    "CardText",
    "Choice",
    "Cloze",
    "ClozeError",
    "Console",
    "DeckText",
    "DemoLink",
    "Example",
    "Formula",
    "FormulaError",
    "Given",
    "Goal",
    "Place",
    "TextError",
    "Wording",
    "Worksheet",
    "clean",
    "clean_tag",
    "cloze_numbers",
    "compute_all",
    "demo_texts",
    "hidden",
    "normalise",
    "question_of",
    "read_clozes",
    "read_deck",
    "read_formula",
    "show",
    "split_choices",
    "with_demo",
    "without_demo",
    "write_deck",
]
