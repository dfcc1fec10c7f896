"""From the click to a table that was computed for it, in a browser on the review screen, with a warm worker."""

import os
from collections.abc import Iterator

from tests.bench.figure import Figure, percentile
from tests.bench.warm import warm

CLICKS, WARM_UP = 60, 5
TARGET_MILLISECONDS = 300
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

# Milliseconds from the click on "Run again with a new seed" to the frame in which that run's table stands.
CLICK = """() => new Promise((done) => {
  const shown = () => document.querySelector("#demo [name=shown]").value;
  const before = shown(), start = performance.now();
  const look = () => {
    if (shown() !== before && document.querySelector("#demo .run figure table")) done(performance.now() - start);
    else requestAnimationFrame(look);
  };
  document.querySelector("#demo button[name=seed]").click();
  look();
})"""


def measure() -> Iterator[Figure]:
    from playwright.sync_api import sync_playwright

    with warm("light") as site:
        from cards.models import Card

        card = Card.objects.filter(details__contains="demo: softmax_table").first()
        assert card is not None
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            page.goto(f"{site.server.url}/review/{card.pk}/?n=0")
            page.keyboard.press("d")
            page.locator("#demo .run figure table").first.wait_for()
            times = [page.evaluate(CLICK) for _ in range(WARM_UP + CLICKS)][WARM_UP:]
            browser.close()
    yield Figure("click to softmax_table, warm: p50", "ms", times, target=TARGET_MILLISECONDS)
    yield Figure(
        "click to softmax_table, warm: p95", "ms", [percentile(times, 0.95)], target=TARGET_MILLISECONDS
    )
