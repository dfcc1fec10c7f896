"""`make pictures`: the README's two pictures, taken of the running app in the middle of a learner's day.

The learner's two weeks are really lived, in the browser, by a clock that is moved on. So a picture changes with the
app, and with nothing else but chromium and the fonts it finds.
"""

import io
import tempfile
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, sign_up
from tests.server import ROOT, Clock, running

FOLDER = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}
COLOURS = 64
MOST_BYTES = 200_000

FIRST_DAY = datetime.fromisoformat("2026-02-24T17:30:00+00:00")
DAYS_STUDIED = 11  # the two after them, a weekend, are missed: the last day has something to do
LAST_DAY = FIRST_DAY + timedelta(days=13)
NEW_PER_DAY = 2
GRADES = "334323133343"  # over and over
TYPED = "Raise e to each activation, then divide each by the number of classes"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        clock = Clock(folder / "clock")
        clock.set(FIRST_DAY)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running(folder, clock, DATABASE_URL="", REDIS_URL="") as server:
            page = browser.new_page(
                base_url=server.url, viewport=SIZE, device_scale_factor=2, reduced_motion="reduce"
            )
            _live_until_the_last_day(page, clock)
            page.emulate_media(color_scheme="light")
            page.locator("#typed").fill(TYPED)
            page.get_by_role("button", name="Show answer").click()
            expect(page.get_by_role("button", name="Good")).to_be_focused()
            _take(page, "review-light")
            page.goto("/")
            page.emulate_media(color_scheme="dark")
            _take(page, "home-dark")
        browser.close()


def _live_until_the_last_day(page: Page, clock: Clock) -> None:
    """A new account that learns day by day; then the last day, up to the card that is to be seen."""
    sign_up(page, "ada")
    page.goto("/settings/")
    page.locator("[name=new_per_day]").fill(str(NEW_PER_DAY))
    page.get_by_role("button", name="Save").click()
    grades = cycle(GRADES)
    for day in range(DAYS_STUDIED):
        clock.set(FIRST_DAY + timedelta(days=day))
        page.goto("/review/")
        while page.locator(".prompt").count():
            _grade(page, clock, next(grades))
    clock.set(LAST_DAY)
    page.goto("/review/")
    while "Three activations" not in page.locator(".prompt").inner_text():
        _grade(page, clock, next(grades))


def _grade(page: Page, clock: Clock, grade: str) -> None:
    clock.tick(seconds=19)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_focused()
    page.keyboard.press(grade)
    expect(page.get_by_role("button", name="Good")).to_have_count(0)


def _take(page: Page, name: str) -> None:
    """The page as a PNG of few colours, which is small and looks the same."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    assert size < MOST_BYTES, f"{path.name} has {size} bytes"
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
