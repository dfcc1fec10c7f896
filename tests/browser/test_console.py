"""The Python console of a card, in a real browser, by the real Pyodide: what it runs, and what that cannot reach."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, Worker, expect

from cards.cardtext import read_deck
from chapter5 import pyodide
from tests.browser.conftest import PATIENCE
from tests.browser.test_every_page import complaints_of
from tests.server import PATIENCE_SECONDS, Server

DECK = read_deck((Path(__file__).parents[2] / "cards" / "content" / "chapter5.md").read_text())
CONSOLES = {card.key: console for card in DECK.cards if (console := card.wording.console)}
ADDRESS = "/review/?practise=fastcore"  # the card of fastcore's L, alone
NOTE_STATES = """() => {
  window.noted = [];
  const panel = document.querySelector(".console"), bar = panel.querySelector("progress");
  const note = () => noted.push([panel.querySelector("[role=status]").innerText, bar.hidden ? "hidden" : "shown"]);
  new MutationObserver(note).observe(panel, {attributes: true, childList: true, subtree: true});
}"""
READY = "Python is ready. L, Path and re are imported."
pytestmark = pytest.mark.xdist_group("console")  # one process of the tests loads Pyodide, and not each


@pytest.fixture(scope="module")
def profile(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """One browser profile for all, so that Pyodide is fetched once and then cached."""
    assert pyodide.is_installed(), "Pyodide is not installed: run `make pyodide`, and see what it says."
    context = browser.new_context(base_url=server.url, extra_http_headers={"X-Forwarded-For": "192.0.2.251"})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def python(profile: BrowserContext) -> Iterator[Page]:
    """A console whose Python is ready, for tests that leave it so. What the page logs as an error fails the last."""
    complaints: list[str] = []
    page = profile.new_page()
    page.on("console", lambda said: said.type in {"error", "warning"} and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page)
    yield page
    page.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    page = profile.new_page()
    yield page
    page.close()


def opened(page: Page) -> None:
    """The console of that card, once its Python is ready."""
    page.goto(ADDRESS)
    page.keyboard.press("p")
    expect(state(page)).to_have_text(READY)


def console(page: Page) -> Locator:
    return page.get_by_role("region", name="Python console")


def state(page: Page) -> Locator:
    return console(page).get_by_role("status")


def code(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your Python")


def last(page: Page) -> Locator:
    """What the log says of the last run."""
    return page.locator(".console .log > div").last


def run(page: Page, text: str, says: str | re.Pattern[str] = re.compile("Done|goal")) -> str:
    """Runs it; what the log then says of it."""
    code(page).fill(text)
    code(page).press("Control+Enter")
    expect(state(page)).to_have_text(says)
    return last(page).inner_text().rstrip("\n")


def closed_workers(page: Page) -> list[Worker]:
    """The workers that end from now on."""
    closed: list[Worker] = []
    for worker in page.workers:
        worker.on("close", lambda worker: closed.append(worker))
    return closed


def await_one(page: Page, closed: list[Worker]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not closed and time.monotonic() < deadline:  # the browser says so a little later
        page.wait_for_timeout(100)
    assert len(closed) == 1


def test_nothing_of_it_is_loaded_before_it_is_opened_and_then_it_is_cached(page: Page) -> None:
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(ADDRESS)
    page.wait_for_load_state("networkidle")
    assert [each.url for each in asked if "console" in each.url or "pyodide" in each.url] == []
    page.evaluate(NOTE_STATES)
    page.keyboard.press("p")
    expect(state(page)).to_have_text(READY)
    assert ["Python is loading …", "shown"] in page.evaluate("noted")
    expect(page.get_by_role("progressbar", name="Loaded")).to_be_hidden()
    asked.clear()
    page.evaluate("noted.length = 0")
    page.get_by_role("button", name="Start anew").click()
    while not page.evaluate("noted.some(([said]) => said === 'Python is loading …')"):
        page.wait_for_timeout(50)
    expect(state(page)).to_have_text(READY)
    loaded = {each.url.rpartition("/")[2]: each.sizes()["responseBodySize"] for each in asked}
    assert loaded.keys() == {*pyodide.LOADED, "worker.js"}
    assert max(loaded.values()) <= 0  # bytes from the server


@pytest.mark.parametrize("key", CONSOLES)
def test_each_example_of_the_deck_gives_what_the_card_says(python: Page, key: str) -> None:
    for example in CONSOLES[key].examples:
        run(python, example.code)
        assert last(python).locator(".gives").inner_text().rstrip("\n") == example.output


def test_an_example_is_put_where_it_can_be_run_and_changed(python: Page) -> None:
    console(python).get_by_role("button", name="Try it (example 2)", exact=True).click()
    expect(code(python)).to_be_focused()
    expect(code(python)).to_have_value(CONSOLES["fastcore-l"].examples[1].code)
    python.keyboard.press("Control+Enter")
    expect(state(python)).to_have_text("Done.")


def test_a_goal_is_reached_by_value_the_grade_is_suggested_and_python_goes_with_the_card(page: Page) -> None:
    opened(page)
    reached = console(page).locator(".reached")
    run(page, "'[0, 4, 16, 36, 64]'", "Done. That is not the goal yet.")
    run(
        page,
        "print([0, 4, 16, 36, 64])",
        "Done. End with an expression: its value is compared with the goal.",
    )
    expect(reached).to_be_hidden()
    expect(console(page).locator("[name=goal]")).to_have_value("missed")
    run(page, "[n ** 2 for n in range(0, 10, 2)]", "The goal is reached.")
    expect(reached).to_be_visible()
    page.get_by_role("button", name="Show answer").click()
    expect(page.locator("#verdict")).to_have_text("Right. That suggests Good; you decide.")
    expect(page.get_by_role("button", name="Good")).to_be_focused()
    expect(page.locator(".console .log")).to_contain_text(
        ">>> print([0, 4, 16, 36, 64])"
    )  # it is still there
    assert run(page, "_ + [1]").endswith("[0, 4, 16, 36, 64, 1]")
    closed = closed_workers(page)
    code(page).press("Escape")
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="That was the last of 1.")).to_be_visible()
    await_one(page, closed)


def test_by_keyboard_alone_enter_runs_and_arrows_fetch_what_was_run(python: Page) -> None:
    python.keyboard.press("Escape")
    python.keyboard.press("p")
    expect(code(python)).to_be_focused()
    code(python).fill("")
    python.keyboard.type("x = 20")
    python.keyboard.press("Enter")
    expect(last(python).locator(".asked")).to_have_text(">>> x = 20")
    expect(state(python)).to_contain_text("Done.")
    python.keyboard.type("def twice(n):")
    python.keyboard.press("Enter")
    python.keyboard.type("return 2 * n")
    python.keyboard.press("Enter")
    expect(code(python)).to_have_value("def twice(n):\n    return 2 * n\n    ")
    python.keyboard.press("Enter")
    expect(code(python)).to_have_value("")
    expect(state(python)).to_contain_text("Done.")
    python.keyboard.type("twice(x) + 2")
    python.keyboard.press("Enter")
    expect(last(python).locator(".gives")).to_have_text("42")
    for keys, value in [
        ("ArrowUp", "twice(x) + 2"),
        ("ArrowUp", "def twice(n):\n    return 2 * n"),
        ("Home ArrowUp ArrowUp", "x = 20"),
        ("ArrowDown ArrowDown", "twice(x) + 2"),
        ("ArrowDown", ""),
    ]:
        for key in keys.split():
            python.keyboard.press(key)
        expect(code(python)).to_have_value(value)
    python.keyboard.press("Tab")  # is no trap
    expect(code(python)).not_to_be_focused()
    python.keyboard.press("Shift+Tab")
    expect(code(python)).to_be_focused()
    python.keyboard.press("Escape")
    expect(code(python)).not_to_be_focused()


def test_errors_are_told_in_the_learner_s_lines_and_two_question_marks_show_the_source(python: Page) -> None:
    said = run(python, "def f(n):\n    return L(n).map(lambda x: 1 / x)\nf(0)", "Done, with an error.")
    assert re.findall(r'File "<run \d+>", line (\d), in (\S+)', said) == [
        ("3", "<module>"), ("2", "f"), ("2", "<lambda>"),
    ]  # fmt: skip
    assert said.count("File") == 3
    assert said.endswith("ZeroDivisionError: division by zero")
    assert "def unique(self:L" in run(python, "L.unique??")
    assert "def match(pattern, string, flags=0):" in run(python, "re.match??")
    assert "maximum recursion depth" in run(python, "def g(): g()\ng()", "Done, with an error.")
    said = run(python, "[0] * 10**9", "Done, with an error.")
    assert "MemoryError" in said
    assert "That needs more memory than there is here." in said
    assert "This console has no input()" in run(python, "input('?')", "Done, with an error.")
    assert run(python, "'<b>bold</b>'").endswith("'<b>bold</b>'")


def test_much_output_is_cut(python: Page) -> None:
    said = run(python, "print('a' * 10_000_000)")
    assert 20_000 <= said.count("a") < 20_200
    assert said.endswith("… It printed more than 20,000 characters; the rest is left out.")


def test_an_endless_loop_is_stopped_a_second_run_refused_and_a_breakdown_said(python: Page) -> None:
    run(python, "x = 1")
    code(python).fill("print('first')\nwhile True: pass")
    code(python).press("Control+Enter")
    expect(last(python).locator(".gives")).to_have_text("first\n")
    expect(state(python)).to_have_text("It runs …")
    code(python).fill("2")
    python.get_by_role("button", name="Run").click()
    expect(state(python)).to_have_text("It still runs. Stop it first.")
    expect(code(python)).to_have_value("2")
    closed = closed_workers(python)
    python.get_by_role("button", name="Stop").press("Enter")
    await_one(python, closed)
    expect(last(python)).to_contain_text("Stopped. Python starts anew; names from before are gone.")
    expect(code(python)).to_be_focused()
    expect(state(python)).to_have_text(READY)
    expect(python.get_by_role("button", name="Stop")).to_be_disabled()
    assert "NameError" in run(python, "x", "Done, with an error.")
    code(python).fill("import os\nos._exit(1)")
    code(python).press("Control+Enter")
    expect(last(python)).to_contain_text(
        "Python broke down over that, and starts anew; names from before are gone."
    )
    expect(state(python)).to_have_text(READY)


# --- what Python there cannot reach -----------------------------------------------------------------------------------

ATTEMPTS = {
    "import js": "ImportError",
    "from js import document, fetch": "ImportError",
    "import pyodide_js": "ImportError",
    "from pyodide.code import run_js": "ImportError",
    "import pyodide.http": "ImportError",
    "import pyodide.ffi": "ImportError",
    "import urllib.request\nurllib.request.urlopen('ADDRESS')": "URLError",
    "import socket\nsocket.create_connection(('127.0.0.1', PORT), 2)": "OSError",
    "import micropip": "ModuleNotFoundError",
}
# Whoever takes away what refuses these modules finds nothing behind them.
INWARD = {
    "import js": "ModuleNotFoundError",
    "import pyodide.code\npyodide.code.run_js('1')": "ModuleNotFoundError",
    "import pyodide.http\npyodide.http.open_url('ADDRESS')": "NameError",
    "import pyodide.http\npyodide.http.pyfetch('ADDRESS').send(None)": "Error",
}
WAYS_OUT = {
    "fetch", "XMLHttpRequest", "WebSocket", "WebTransport", "EventSource", "importScripts", "Worker", "SharedWorker",
    "indexedDB", "caches", "BroadcastChannel", "MessageChannel", "navigator", "postMessage", "close", "cookieStore",
    "Request", "Response", "RTCPeerConnection", "Notification", "FileReaderSync", "location", "origin",
}  # fmt: skip


def test_python_reaches_neither_the_page_nor_cookies_nor_the_network(python: Page, server: Server) -> None:
    asked: list[str] = []
    python.context.on("request", lambda request: asked.append(request.url))
    address, port = f"{server.url}/", server.url.rpartition(":")[2]
    for text, wanted in ATTEMPTS.items():
        attempt = text.replace("ADDRESS", address).replace("PORT", port)
        assert wanted in run(python, attempt, "Done, with an error."), attempt
    run(python, "import sys\nrefuses = sys.meta_path.pop(0)")
    for text, wanted in INWARD.items():
        attempt = text.replace("ADDRESS", address)
        assert wanted in run(python, attempt, "Done, with an error."), attempt
    run(python, "sys.meta_path.insert(0, refuses)")
    assert asked == []


LEFT = """start().then(() => {
  const left = new Set();
  for (let at = self; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (self[name] !== undefined) left.add(name);
  }
  console.log(`left: ${[...left]}`);
}).catch("""


def test_before_its_first_line_all_that_leads_out_of_the_worker_is_gone(page: Page) -> None:
    """Said by the worker itself, from inside."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("start().catch(", LEFT))

    page.route("**/console/worker.js", answer)
    with page.expect_console_message(lambda message: message.text.startswith("left: ")):
        page.goto(ADDRESS)
        page.keyboard.press("p")
    left = set(said[-1].removeprefix("left: ").split(","))
    assert left & WAYS_OUT <= {"location"}  # no browser lets that be taken away; it leads nowhere
    assert "WebAssembly" in left


SECOND_WALL = """
const tries = {
  fetch: () => fetch("/"),
  other: () => fetch("/static/js/app.js"),
  request: () => new Promise((done, fail) => {
    const asked = new XMLHttpRequest();
    asked.onload = done;
    asked.onerror = () => fail(new Error("refused"));
    asked.open("GET", "/");
    asked.send();
  }),
  module: () => import("/static/js/app.js"),
  evaluate: () => Promise.resolve().then(() => (0, eval)("1")),
  make: () => Promise.resolve().then(() => new Function("return 1")()),
  socket: () => new Promise((done, fail) => {
    const socket = new WebSocket(`ws://${location.host}/`);
    socket.onopen = done;
    socket.onerror = () => fail(new Error("refused"));
  }),
  worker: () => new Promise((done, fail) => {
    const worker = new Worker("/console/worker.js", { type: "module" });
    worker.onmessage = done;
    worker.onerror = () => fail(new Error("refused"));
  }),
};
const found = [];
for (const [name, attempt] of Object.entries(tries)) {
  try { await attempt(); found.push(name); } catch {}
}
new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
postMessage({ kind: "failed" });
console.log(`done: ${found}.`);
"""


def test_the_policy_alone_keeps_a_worker_without_walls_from_all_of_it(page: Page) -> None:
    """The very headers that the worker comes with, around a script that tries everything."""
    page.route("**/console/worker.js", lambda route: route.fulfill(response=route.fetch(), body=SECOND_WALL))
    with page.expect_console_message(lambda message: message.text.startswith("done: ")) as said:
        page.goto(ADDRESS)
        page.keyboard.press("p")
    assert said.value.text == "done: ."


# --- whoever reads it, and wherever -----------------------------------------------------------------------------------


def test_it_can_be_read_and_used_at_320_px_in_light_and_dark(python: Page) -> None:
    size = python.viewport_size
    python.set_viewport_size({"width": 320, "height": 640})
    run(python, "print('a' * 300)\n1 / 0", "Done, with an error.")
    for scheme in ("light", "dark"):
        python.emulate_media(color_scheme=scheme)
        assert complaints_of(python) == []
    assert size
    python.set_viewport_size(size)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_before_it_is_opened_it_can_be_read_at_320_px(
    new_context: Callable[..., BrowserContext], scheme: str
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 320, "height": 640}).new_page()
    page.goto(ADDRESS)
    assert complaints_of(page) == []


def test_names_states_and_errors_are_there_for_a_screen_reader(python: Page) -> None:
    run(python, "1 / 0", "Done, with an error.")
    log = console(python).get_by_role("log", name="What was run")
    expect(log).to_contain_text("ZeroDivisionError: division by zero")
    expect(code(python)).to_have_accessible_description(re.compile("Enter runs a line"))
    expect(console(python).get_by_role("list", name="Examples").get_by_role("listitem")).to_have_count(3)
    expect(console(python).get_by_role("button", name="Stop")).to_be_disabled()


def test_without_javascript_its_examples_and_what_they_give_are_there(new_context) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(ADDRESS)
    for example in CONSOLES["fastcore-l"].examples:
        expect(console(page).get_by_text(example.output).first).to_be_visible()
    expect(console(page).locator("noscript")).to_be_visible()
    expect(console(page).get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name="Show answer").click()
    expect(page.get_by_role("button", name="Good")).to_be_visible()


def test_where_its_script_or_python_cannot_be_loaded_that_is_said(page: Page) -> None:
    page.route("**/console/console*.js", lambda route: route.abort())
    page.goto(ADDRESS)
    page.keyboard.press("p")
    expect(page.locator("#live")).to_contain_text("The server cannot be reached.")
    page.unroute("**/console/console*.js")
    page.route("**/console/worker.js", lambda route: route.abort())
    page.reload()
    page.keyboard.press("p")
    expect(state(page)).to_contain_text("Python could not be loaded.")
    page.unroute("**/console/worker.js")
    page.get_by_role("button", name="Start anew").click()
    expect(state(page)).to_have_text(READY)
