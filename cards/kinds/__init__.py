"""What a learner does with a card beside thinking of its answer: types it, or chooses. How that is checked. Pure."""

from cards.kinds.choice import Chosen, check_chosen, order
from cards.kinds.typed import Typed, check_typed
from cards.kinds.verdict import Verdict

__all__ = ["Chosen", "Typed", "Verdict", "check_chosen", "check_typed", "order"]
