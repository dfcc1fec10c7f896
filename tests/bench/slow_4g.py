"""Reviewing on Chromium's “slow 4G”: what a first visit loads, and how long a grade takes to show what is next."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.figure import Figure, turn_by_turn
from tests.bench.page_weight import AT_MOST_COLD
from tests.server import running
from tests.slow_network import SLOW_4G, slow_down

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROUNDS = 5
AT_MOST_TIMES = 0.25
AT_MOST_SHIFT = 0.001
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

# Milliseconds from a grade that is pressed to the frame in which the next prompt stands.
PRESS = """(grade) => new Promise((done) => {
  const before = document.querySelector(".prompt"), start = performance.now();
  const look = () => {
    if (document.querySelector(".prompt") !== before) done(performance.now() - start);
    else requestAnimationFrame(look);
  };
  document.querySelector(`#grade [name=grade][value="${grade}"]`).click();
  look();
})"""
# What has moved by itself so far, as Chromium reckons layout shifts: of the window, and how far.
WATCH = """() => {
  window.moved = 0;
  const sum = (list) => { for (const each of list.getEntries()) if (!each.hadRecentInput) window.moved += each.value; };
  new PerformanceObserver(sum).observe({ type: "layout-shift", buffered: true });
}"""


def measure() -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), DATABASE_URL="", REDIS_URL="") as server,
        browser_page() as page,
    ):
        page.set_default_timeout(30_000)
        session, sizes = slow_down(page), []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(f"{server.url}/review/", wait_until="networkidle")
        page.evaluate(WATCH)
        yield Figure(
            "review page on a first visit, by Chromium's count", "B", [sum(sizes)], at_most=AT_MOST_COLD
        )
        _graded(page, is_ahead=True)
        times = turn_by_turn(
            ROUNDS, partial(_graded, page, is_ahead=True), partial(_graded, page, is_ahead=False)
        )
        page.wait_for_timeout(SLOW_4G["latency"])
        moved = page.evaluate("moved")
    yield Figure("slow 4G: a grade pressed to the next prompt", "ms", [ahead for ahead, _ in times])
    yield Figure("slow 4G: the same where the reply brings it", "ms", [reply for _, reply in times])
    yield Figure(
        "slow 4G: in those of the reply",
        "×",
        [ahead / reply for ahead, reply in times],
        at_most=AT_MOST_TIMES,
    )
    yield Figure("slow 4G: what moved by itself, as a layout shift", "", [moved], at_most=AT_MOST_SHIFT)


def _graded(page: "Page", *, is_ahead: bool) -> float:
    """The next card, graded with Good; once more as if no prompt had been sent ahead. Returns milliseconds."""
    page.locator("#ask .go").click()
    page.locator("#grade").wait_for()
    if not is_ahead:
        page.evaluate("document.getElementById('ahead').remove()")
    milliseconds: float = page.evaluate(PRESS, 3)
    page.locator("#grade").wait_for(state="detached")
    return milliseconds


@contextmanager
def browser_page() -> Iterator["Page"]:
    """A page of a fresh browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page()
        browser.close()
