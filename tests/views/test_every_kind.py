"""Cards of every kind are written, corrected, proposed, taken along and loaded as all cards are."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cards.actions.decks import make_deck
from cards.cardtext import Wording, clean
from cards.models import Card, Deck, Learner
from tests.conftest import START
from tests.views.plain_browser import press
from tests.views.test_my_data import download

CHOICE = """Which takes no logarithm?

- [ ] `log_softmax`
  > It is the logarithm of softmax.
- [x] `nll_loss`"""
SHEET = """Which softmax?

```worksheet
| teddy | 0.02 ~ -3..3 | ?=exp(B1) |
| brown | 1.25 ~ -3..3 | ?=exp(B2) |
hint: The exponential.
```"""
CONSOLE = """Square the even numbers.

```try
goal: the list of their squares
value: [n * n for n in range(0, 10, 2)]
>>> print("<b>")
<b>

>>> L(1)
[1]
```"""
KINDS = {
    "typed": clean(
        "The loss of classifiers?", "So it is.", "accept: cross-entropy\naccept: `F.cross_entropy`"
    ),
    "choice": clean(CHOICE, "So it is."),
    "worksheet": clean(SHEET, "So it is."),
    "console": clean(CONSOLE, "So it is."),
    "cloze": clean("The {{c1::rate::a hint}} and {{c2::`lr_find`}}: $\\frac{{c3::a}}{b}$.", "So it is."),
}
OF = {
    "typed": "accepted",
    "choice": "choices",
    "worksheet": "worksheet",
    "console": "console",
    "cloze": "clozes",
}


@pytest.fixture(params=KINDS)
def wording(request: pytest.FixtureRequest) -> Wording:
    found: Wording = KINDS[request.param]
    assert getattr(found, OF[request.param])
    return found


@pytest.fixture
def own(ada: Learner, clock) -> Deck:
    return make_deck(owner=ada, name="Ada's", now=START, wordings=(Wording("Prompt?", "So."),))


def fields(wording: Wording) -> dict[str, str]:
    return {"prompt": wording.prompt, "answer": wording.answer, "details": wording.details}


def test_it_is_written_in_the_editor(client_of: Callable[[Learner], Client], ada, own, wording) -> None:
    client = client_of(ada)
    press(client, client.get(reverse("cards:card_new", args=[own.pk])), "Save", **fields(wording))
    assert Card.objects.latest("pk").wording == wording


def test_a_card_becomes_one_and_its_history_says_so(client_of, ada, own, wording) -> None:
    client, card = client_of(ada), own.cards.get()
    press(client, client.get(reverse("cards:card_edit", args=[card.pk])), "Save", **fields(wording))
    card.refresh_from_db()
    assert card.wording == wording
    assert [revision.wording for revision in card.revisions.order_by("number")] == [
        Wording("Prompt?", "So."),
        wording,
    ]


def test_it_is_suggested_and_accepted(client_of, ada, bob, own, wording) -> None:
    Deck.objects.filter(pk=own.pk).update(is_public=True)
    card = own.cards.get()
    client = client_of(bob)
    suggested = fields(wording) | {"reason": "to be done"}
    press(client, client.get(reverse("cards:suggest", args=[card.pk])), "Send the suggestion", **suggested)
    decider = client_of(ada)
    press(decider, decider.get(card.suggestions.get().get_absolute_url()), "Accept")
    card.refresh_from_db()
    assert card.wording == wording


def test_it_is_taken_along_and_loaded_elsewhere(client_of, ada, own, wording, tmp_path: Path) -> None:
    client = client_of(ada)
    press(client, client.get(reverse("cards:card_new", args=[own.pk])), "Save", **fields(wording))
    with download(client) as archive:
        [name] = [name for name in archive.namelist() if name.startswith("decks/")]
        file = tmp_path / "mine.md"
        file.write_bytes(archive.read(name))
    call_command("load_deck", str(file), verbosity=0)
    loaded = Deck.objects.latest("pk")
    assert loaded != own
    assert loaded.cards.latest("pk").wording == wording
