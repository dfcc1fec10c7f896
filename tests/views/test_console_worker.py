"""The console's worker under its own policy, and the files that it loads."""

import re
from pathlib import Path

import pytest
from django.test import Client

from cards.actions.cards import make_card
from cards.cardtext import clean
from cards.models import Card
from chapter5 import pyodide
from tests.conftest import START

FOLDER = f"/static/pyodide/{pyodide.VERSION}/"
PROMPT = "Which?\n\n```try\ngoal: the **sum**\nvalue: 7\n>>> '<b>' + 'c'\n'<b>c'\n```"


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_the_worker_has_a_policy_of_its_own_and_no_page_has_it(client, deck) -> None:
    response = client.get("/console/worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert directives(response["Content-Security-Policy"]) == {
        "default-src": "'none'",
        "script-src": f"testserver{FOLDER} 'wasm-unsafe-eval'",
        "connect-src": f"testserver{FOLDER}",
    }
    page = directives(client.get("/")["Content-Security-Policy"])
    assert page["script-src"] == "'self'"
    assert "worker-src" not in page


@pytest.mark.parametrize(
    ("host", "named"), [("localhost:8000", f"localhost:8000{FOLDER}"), ("[::1]:8000", "'self'")]
)
def test_the_policy_names_the_host_that_was_asked_where_a_policy_can(client, host: str, named: str) -> None:
    policy = directives(client.get("/console/worker.js", headers={"host": host})["Content-Security-Policy"])
    assert policy["connect-src"] == named


def test_the_worker_is_sent_again_only_where_it_changed(client) -> None:
    first = client.get("/console/worker.js")
    again = client.get("/console/worker.js", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert b"def run(text" in first.content.replace(b"\\n", b"\n")


@pytest.fixture
def installed(settings, tmp_path: Path) -> Path:
    """A folder with one of the files, packed as it is installed."""
    settings.PYODIDE_DIR = tmp_path / "pyodide"
    settings.PYODIDE_DIR.mkdir()
    file = settings.PYODIDE_DIR / "pyodide.asm.wasm"
    file.write_bytes(b"\0asm" * 9)
    file.with_name(f"{file.name}.br").write_bytes(b"small")
    return settings.PYODIDE_DIR


def test_a_file_is_kept_for_ever_has_its_type_and_is_small_for_whoever_takes_that(client, installed) -> None:
    plain = client.get(f"{FOLDER}pyodide.asm.wasm")
    assert b"".join(plain.streaming_content) == b"\0asm" * 9
    assert plain["Content-Type"] == "application/wasm"
    assert plain["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain["Vary"] == "Accept-Encoding"
    small = client.get(f"{FOLDER}pyodide.asm.wasm", headers={"accept-encoding": "gzip, br"})
    assert (b"".join(small.streaming_content), small["Content-Encoding"]) == (b"small", "br")


def test_what_is_installed_while_the_site_is_up_is_there(client, installed) -> None:
    assert client.get(f"{FOLDER}pyodide.mjs").status_code == 404
    (installed / "pyodide.mjs").write_text("export {}")
    assert client.get(f"{FOLDER}pyodide.mjs").status_code == 200


@pytest.mark.parametrize("path", ["lock", "../secret_key", "pyodide.asm.wasm.br", "%2e%2e/secret_key", ""])
def test_no_other_file_is_there(client, installed, path: str) -> None:
    (installed / "lock").touch()
    (installed.parent / "secret_key").touch()
    assert client.get(FOLDER + path).status_code == 404
    assert client.get(f"/static/pyodide/1.0/{path}").status_code == 404


# --- a card that has one ----------------------------------------------------------------------------------------------


@pytest.fixture
def card(deck, clock) -> Card:
    return make_card(deck=deck, author=None, wording=clean(PROMPT, "So."), now=START)


def prompt_page(client: Client, card: Card) -> str:
    return client.get("/review/", {"practise": "Which", "card": card.pk}).content.decode()


def answer_page(client: Client, card: Card, **given: object) -> str:
    sent = {"n": 0, "asked": 7, "practise": "Which", **given}
    return client.get(f"/review/{card.pk}/", sent).content.decode()


def test_its_examples_and_what_they_give_stand_in_the_page(client, card) -> None:
    its_own = client.get(card.get_absolute_url()).content.decode()
    for html in (prompt_page(client, card), answer_page(client, card), its_own):
        assert "&#x27;&lt;b&gt;c&#x27;" in html
        assert 'data-open="&#x27;&lt;b&gt;&#x27; + &#x27;c&#x27;"' in html
        assert "the <strong>sum</strong>" in html
        assert "```" not in html
    assert str(card) == "Which?"


def test_the_editor_s_preview_shows_it_and_says_what_is_wrong_with_it(client) -> None:
    sent = {"prompt": PROMPT, "answer": "So.", "details": ""}
    html = client.post("/cards/preview/", sent).content.decode()
    assert "&#x27;&lt;b&gt;c&#x27;" in html
    assert "<textarea" not in html
    html = client.post("/cards/preview/", sent | {"prompt": PROMPT.replace("7", "7 +")}).content.decode()
    assert "no Python expression" in html


@pytest.mark.parametrize(
    ("goal", "says", "grade"), [("reached", "Right.", "3"), ("missed", "Not quite.", "1"), ("", "", "3")]
)
def test_whether_the_goal_was_reached_suggests_a_grade(
    client, card, goal: str, says: str, grade: str
) -> None:
    html = answer_page(client, card, goal=goal)
    found = re.search(r'id="verdict"><b>([^<]+)</b>', html)
    assert (found[1] if found else "") == says
    assert re.findall(r'class="grade usual" name="grade" value="(\d)"', html) == [grade]
    assert (f'name="goal" value="{goal}"' in html) == bool(goal)


def test_of_a_card_without_a_goal_nothing_is_suggested(client, deck, clock) -> None:
    card = make_card(deck=deck, author=None, wording=clean("Which?\n\n```try\n>>> 1\n```", "So."), now=START)
    assert 'id="verdict"' not in answer_page(client, card, goal="reached")


def test_where_it_is_not_installed_the_card_says_so_and_all_else_works(
    client, card, settings, tmp_path
) -> None:
    settings.PYODIDE_DIR = tmp_path
    html = prompt_page(client, card)
    assert "The Python console is not installed on this site" in html
    assert "data-open" not in html
    assert "&#x27;&lt;b&gt;c&#x27;" in html
    assert "Show answer" in html
