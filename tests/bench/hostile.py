"""What hostile input costs over HTTP: texts of cards, and answers: too long, too deep, too large, or full of HTML.

Each is answered with a sentence that says what is wrong, or with the text as it is, made harmless. The limit is on the
web's CPU: what is waited for says more about the neighbours than about us.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

from tests.bench.client import Client
from tests.bench.figure import Figure, turn_by_turn
from tests.bench.grading import batch_of, postgresql
from tests.server import ROOT, fresh_database, running

ROUNDS, REQUESTS = 5, 3
AT_MOST_MS = 100
SCRIPT = '"><script>alert(1)</script>'
DEEP = 10_000
SHEET = "Compute.\n\n```worksheet\n| 2 | ?={formula} |\n```"
TRY = "Try it.\n\n```try\ngoal: it\nvalue: {value}\n```"

CARDS = {
    "typed": ("Prompt?", "accept: cross-entropy"),
    "sheet": (SHEET.format(formula="exp(A1)"), ""),
    "gap": ("The {{c1::learning rate}}.", ""),
}
# By name: the text of a card that is being written, prompt and answer, and what is said of it.
WRITTEN = {
    "a formula nested 10,000 deep": (SHEET.format(formula="(" * 9_000), "", "at most 200 characters"),
    "10,000 quotations in one another": (">" * DEEP, "", "deeply nested"),
    "10,000 brackets in one another": ("[" * DEEP, "", "[[["),
    "maths nested 3,000 deep": (f"${'{' * 3_000}x{'}' * 3_000}$", "", "{{{"),
    "1e999 in a worksheet": (SHEET.format(formula="1e999"), "", "The number is too large."),
    "10,000 brackets as a goal": (TRY.format(value="[" * 9_000), "", "at most 500 characters"),
    "brackets nested 500 deep as a goal": (
        TRY.format(value="[" * 250 + "]" * 250),
        "",
        "no Python expression",
    ),
    "HTML in a console": (f"Try it.\n\n```try\n>>> {SCRIPT}\n{SCRIPT}\n```", "", "&lt;script&gt;"),
    "a prompt of 1 MB": ("x" * 1_000_000, "", "at most 10,000 fit"),
    "an answer of 1 MB": ("Prompt?", "x" * 1_000_000, "at most 50,000 fit"),
    "HTML in an answer": ("Prompt?", SCRIPT * 50, "&lt;script&gt;"),
    "a cloze in a cloze in code in maths": (
        "${{c1::a {{c2::`{{c3::b}}`}}}}$ " * 200,
        "",
        "in no other cloze",
    ),
}
# By name: the card that is asked, what is sent for its answer, and what is said of it.
ANSWERED = {
    "a typed answer of 1 MB": ("typed", {"typed": "x" * 1_000_000}, "Shorten it."),
    "a typed answer of 4,000 letters": ("typed", {"typed": "ab" * 2_000}, "Not quite."),
    "HTML as a typed answer": ("typed", {"typed": SCRIPT * 50}, "&lt;script&gt;"),
    "1 MB for a gap": ("gap", {"part": 1, "typed": "x" * 1_000_000}, "Shorten it."),
    "HTML for a gap": ("gap", {"part": 1, "typed": SCRIPT * 50}, "&lt;script&gt;"),
    "1e999 in a cell": ("sheet", {"act": "check", "cell-B1": "=1e999"}, "too large"),
    "a formula nested 10,000 deep in a cell": ("sheet", {"act": "check", "cell-B1": "(" * DEEP}, "at most 200"),
    "1 MB in a cell": ("sheet", {"act": "check", "cell-B1": "1" * 1_000_000}, "at most 200"),
    "HTML in a cell": ("sheet", {"act": "check", "cell-B1": SCRIPT}, "&lt;script&gt;"),
}  # fmt: skip


def measure() -> Iterator[Figure]:
    address = postgresql()
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(address) if address else nullcontext("") as url,
        running(Path(folder), DATABASE_URL=url, REDIS_URL="") as server,
    ):
        filled = subprocess.run(
            [sys.executable, "-m", "tests.bench.hostile"],
            cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        site = json.loads(filled.stdout)
        client = Client(server.url, site["cookies"], expected=(200, 422))
        client.get("/decks/")  # for its CSRF token

        def written(prompt: str, answer: str, says: str) -> None:
            _post(client, "/cards/preview/", {"prompt": prompt, "answer": answer}, says)

        def answered(card: str, form: dict[str, object], says: str) -> None:
            _post(client, f"/review/{site['cards'][card]}/", {"n": 0, "asked": 1} | form, says)

        acts: dict[str, Callable[[], None]] = {
            **{name: lambda text=text: written(*text) for name, text in WRITTEN.items()},
            **{name: lambda sent=sent: answered(*sent) for name, sent in ANSWERED.items()},
        }
        for act in acts.values():
            act()
        rounds = turn_by_turn(
            ROUNDS, *[lambda act=act: batch_of(server, act, REQUESTS) for act in acts.values()]
        )
    for name, batches in zip(acts, zip(*rounds, strict=True), strict=True):
        yield Figure(
            f"hostile, {name}: the web's CPU", "ms", [batch.cpu for batch in batches], at_most=AT_MOST_MS
        )
        yield Figure(f"hostile, {name}: p50", "ms", [batch.half for batch in batches], target=AT_MOST_MS)


def _post(client: Client, path: str, form: dict[str, object], says: str) -> None:
    reply = client.post(path, form)
    assert says in reply.text, f"{says!r} is not said by {path}"
    assert SCRIPT not in reply.text


def fill() -> None:
    """A learner with a card of each kind that is done; prints their cookies and the cards' ids as JSON."""
    import django

    django.setup()
    from django.test import Client as Browser

    from cards.actions.cards import make_card
    from cards.cardtext import clean
    from cards.clock import now
    from cards.models import Deck, Enrolment, Learner

    learner = Learner.objects.create_user("learner", date_joined=now())
    deck = Deck.objects.create(name="Deck", owner=learner, created_at=now())
    Enrolment.objects.create(learner=learner, deck=deck, created_at=now())
    cards = {}
    for name, (prompt, details) in CARDS.items():
        card = make_card(deck=deck, wording=clean(prompt, "So.", details), author=learner, now=now())
        cards[name] = card.pk
    browser = Browser()
    browser.force_login(learner)
    print(json.dumps({"cookies": {k: v.value for k, v in browser.cookies.items()}, "cards": cards}))


if __name__ == "__main__":
    fill()
