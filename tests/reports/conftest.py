"""A deck of ada's own."""

import pytest

from cards.actions.decks import make_deck
from cards.cardtext import Wording
from cards.models import Deck, Learner
from tests.conftest import START


@pytest.fixture
def own(ada: Learner) -> Deck:
    """Thirty cards."""
    wordings = tuple(Wording(f"{number}?", "So.") for number in range(30))
    return make_deck(owner=ada, name="Ada's", now=START, wordings=wordings)
