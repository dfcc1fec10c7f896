"""What a learner does with a card beside thinking of its answer: types it, chooses, or fills in a worksheet. Pure.

How that is checked; the card language (cardtext) says what a card asks for.
"""

from cards.kinds.choice import Chosen, check_chosen, order
from cards.kinds.typed import Typed, check_typed
from cards.kinds.verdict import Verdict
from cards.kinds.worksheet import Checked, Filled, check_worksheet, written

__all__ = [
    "Checked",
    "Chosen",
    "Filled",
    "Typed",
    "Verdict",
    "check_chosen",
    "check_typed",
    "check_worksheet",
    "order",
    "written",
]
