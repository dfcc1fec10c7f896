"""Demos in a real browser, computed by real workers: by keyboard, while one grades, to the end or not."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from cards.demos import Demo, demos
from cards.demos.libraries import environment
from tests.browser.conftest import replied
from tests.browser.test_every_page import complaints_of, look_at
from tests.server import PATIENCE_SECONDS, ROOT, Server, environment_of, free_port
from tests.workers.site import QUICK, Workers, own_services

pytestmark = pytest.mark.xdist_group("demos")

SOFTMAX, LR_FIND = "Softmax, step by step", "The learning-rate finder"
CARDS = """
import json
from cards.models import Card
cards = Card.objects.filter(deck__source_key="chapter5")
print(json.dumps({link.slug: card.pk for card in reversed(cards) for link in card.wording.demos}))
"""


NOTE_PROGRESS = """() => {
  window.noted = [];
  const note = () => noted.push(document.querySelector(".progress")?.innerText ?? "");
  new MutationObserver(note).observe(document.body, {childList: true, subtree: true});
}"""


@contextmanager
def site(folder: Path, *names: str, **environment: str) -> Iterator[Server]:
    """The named programs of `make run` on data, a database and a broker of their own."""
    with own_services(folder) as (services, broker):
        server = Server(
            f"http://127.0.0.1:{free_port()}", environment_of(folder, **QUICK, **environment, **services)
        )
        server.prepare()
        with Workers(folder, server, broker).running(names):
            yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In this file the site has its workers."""
    with site(tmp_path_factory.mktemp("demos"), "web", "light", "heavy", "keeper") as server:
        yield server


@pytest.fixture(scope="module")
def cards(server: Server) -> dict[str, int]:
    """The first card of each demo."""
    return cards_of(server)


def cards_of(server: Server) -> dict[str, int]:
    return json.loads(server.manage("shell", "-v0", "-c", CARDS).strip().splitlines()[-1])


def noted(page: Page, text: str) -> None:
    """Returns once the progress has said so, if only for a moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not re.search(text, page.evaluate("noted.join()")):
        assert time.monotonic() < deadline, page.evaluate("noted")
        page.wait_for_timeout(50)


def open_answer(page: Page, card: int, server: Server | None = None) -> None:
    page.goto(f"{server.url if server else ''}/review/{card}/?n=0")
    expect(page.get_by_role("button", name="Good")).to_be_focused()


def panel(page: Page, title: str = SOFTMAX) -> Locator:
    return page.get_by_role("region", name=title)


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label)


def open_demo(page: Page, card: int, title: str) -> Locator:
    """By its key, from the answer."""
    open_answer(page, card)
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name=title)).to_be_focused()
    return panel(page, title)


def column(panel: Locator, place: int) -> list[str]:
    """The cells of a column of its first table, the sum aside."""
    return (
        panel.locator("figure table").first.locator(f"tbody tr td:nth-child({place})").all_inner_texts()[:-1]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_softmax_by_keyboard_is_what_torch_gives(
    new_context: Callable[..., BrowserContext], cards, scheme
) -> None:
    import torch

    page = new_context(color_scheme=scheme).new_page()
    shown = open_demo(page, cards["softmax_table"], SOFTMAX)
    expect(shown.locator("svg.plot:visible")).to_have_count(1)
    expect(page.get_by_role("heading", name=SOFTMAX)).to_be_focused()
    assert column(shown, 4) == shown_as(torch.tensor([0.02, -2.49, 1.25]).softmax(0))
    for stamp in (environment().device, f"torch {torch.__version__}", "the activations as given"):
        expect(shown.locator(".stamp")).to_contain_text(stamp)
    expect(shown.locator(".stamp")).to_contain_text(re.compile(r"in \d[\d.]* m?s; drawn in \d"))

    page.keyboard.press("d")  # now that it is open: its first parameter
    activations = field(page, "Activations")
    expect(activations).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("3,1,-2,d")  # the page's keys are letters here
    page.keyboard.press("Enter")
    expect(shown.get_by_text("“d” is no number.")).to_be_visible()
    new_context.complaints.clear()  # the browser's own word on a 422
    expect(activations).to_be_focused()
    expect(shown.locator("svg.plot:visible")).to_have_count(1)  # what was computed is still there
    page.keyboard.press("End")
    for _ in ",d":
        page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    given = torch.tensor([3.0, 1.0, -2.0])
    expect(shown.locator("figure table").first).to_contain_text(shown_as(given.exp())[0])
    expect(page.get_by_role("heading", name=SOFTMAX)).to_be_focused()
    assert column(shown, 3) == shown_as(given.exp())
    assert column(shown, 4) == shown_as(given.softmax(0))
    shown.locator("summary").first.press("Enter")
    assert look_at(page) == []

    page.keyboard.press("3")  # a table has the focus, or a summary: grading goes on
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()


def shown_as(values) -> list[str]:
    return [f"{value:.4f}".replace("-", "−") for value in values.tolist()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_learning_rate_finder_by_keyboard(
    new_context: Callable[..., BrowserContext], cards, scheme
) -> None:
    page = new_context(color_scheme=scheme).new_page()
    shown = open_demo(page, cards["lr_find"], LR_FIND)
    expect(shown.locator("svg.plot:visible")).to_have_count(2)
    for mark in ("valley", "slide", "steep", "minimum ÷ 10", "last fall"):
        expect(shown.locator("svg.plot:visible").first.get_by_text(mark, exact=True)).to_be_visible()
        expect(shown.locator("dt", has_text=mark).first).to_be_visible()
    expect(shown.locator("figcaption").first).to_contain_text("The loss is lowest")
    with page.expect_download() as download:
        shown.get_by_role("link", name="CSV of Loss against learning rate").press("Enter")
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert lines[0].startswith("learning rate,")
    assert len(lines) > 50
    assert look_at(page) == []


@pytest.mark.parametrize("demo", demos(), ids=lambda demo: demo.slug)
def test_every_demo_is_run_from_its_card_and_is_right_to_look_at(page: Page, cards, demo: Demo) -> None:
    """In light and dark, wide and narrow: nothing scrolls sideways, and all is named."""
    shown = open_demo(page, cards[demo.slug], demo.title)
    expect(shown.locator(".stamp")).to_be_visible()
    expect(shown.locator(".finding").first).to_be_visible()
    expect(shown.locator(".try")).to_have_text(demo.try_this)
    shown.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert look_at(page) == []


def test_grading_goes_on_while_a_demo_runs_and_the_looks_at_it_end(page: Page, cards) -> None:
    open_demo(page, cards["lr_find"], LR_FIND)
    field(page, "Steps").fill("300")
    field(page, "Batch size").fill("256")
    page.evaluate(NOTE_PROGRESS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=LR_FIND)).to_be_focused()
    noted(page, "of 450")
    looks: list[str] = []
    page.on("request", lambda request: "/demos/runs/" in request.url and looks.append(request.url))
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    replied(page)
    page.wait_for_timeout(300)
    looks.clear()
    page.wait_for_timeout(1_200)
    assert looks == []
    page.goto("/demos/lr_find/")  # it was not stopped
    expect(page.locator(".rows").first).to_contain_text("300 · 256")
    page.locator(".rows a", has_text="300 · 256").first.click()
    expect(page.locator("svg.plot:visible")).to_have_count(2)


def test_fine_tune_says_its_phase_and_epoch_while_it_runs(page: Page, cards) -> None:
    title = "The two phases of fine_tune"
    shown = open_demo(page, cards["fine_tune"], title)
    field(page, "Epochs D").fill("10")  # with its key
    field(page, "Frozen epochs").fill("5")
    page.evaluate(NOTE_PROGRESS)
    page.keyboard.press("Enter")
    # The plots may be of the run that stands there with its defaults: the rows are of this one alone.
    expect(shown.locator("tbody").last.locator("tr")).to_have_count(15)
    expect(shown.locator("svg.plot:visible")).to_have_count(2)
    # Which of them the looks meet depends on the machine; that each is said is tested with the demo.
    for _ in range(5):
        if re.search(r"phase [12], .*epoch \d+ of (5|10)", page.evaluate("noted.join()")):
            break
        page.get_by_role("button", name="Run again with a new seed").click()
        expect(shown.locator(".stamp")).to_have_count(0)
        expect(shown.locator(".stamp")).to_be_visible()
    assert re.search(r"phase [12], .*epoch \d+ of (5|10)", page.evaluate("noted.join()"))
    assert look_at(page) == []


def test_a_result_does_not_take_the_focus_from_a_field(page: Page, cards) -> None:
    shown = open_demo(page, cards["lr_find"], LR_FIND)
    field(page, "Steps").fill("200")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=LR_FIND)).to_be_focused()
    batch_size = field(page, "Batch size")
    batch_size.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("32")
    expect(shown.locator("svg.plot:visible")).to_have_count(2)
    expect(batch_size).to_be_focused()
    expect(batch_size).to_have_value("32")
    expect(page.locator("#live")).to_have_text(re.compile(f"{LR_FIND}: done\\. After 30 steps at each"))


def test_cancel_by_keyboard(page: Page, cards) -> None:
    shown = open_demo(page, cards["lr_find"], LR_FIND)
    assert complaints_of(page) == []  # and axe is there now: it takes a while to come
    field(page, "Steps").fill("300")
    field(page, "Batch size").fill("256")
    field(page, "First rate").fill("1e-6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=LR_FIND)).to_be_focused()
    page.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Cancel")).to_be_focused()
    expect(shown.locator(".progress")).to_contain_text("of 450")
    expect(shown.get_by_role("button", name="Cancel")).to_be_focused()  # through all the steps
    assert complaints_of(page) == []
    page.keyboard.press("Enter")
    expect(shown.get_by_text(re.compile(r"Cancelled at step \d+ of 450"))).to_be_focused()
    page.keyboard.press("4")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()


def test_when_cancel_goes_because_the_result_comes_the_focus_is_on_the_heading(page: Page, cards) -> None:
    shown = open_demo(page, cards["lr_find"], LR_FIND)
    field(page, "Steps").fill("299")  # as no other test here: what was computed before is there at once
    field(page, "Batch size").fill("256")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=LR_FIND)).to_be_focused()
    page.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Cancel")).to_be_focused()
    expect(shown.locator("svg.plot:visible")).to_have_count(2)
    expect(page.get_by_role("heading", name=LR_FIND)).to_be_focused()


def test_two_runs_side_by_side(page: Page, cards) -> None:
    for activations in ("1,2", "1,3"):
        page.goto("/demos/softmax_table/")
        field(page, "Activations").fill(activations)
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.locator("svg.plot:visible")).to_have_count(1)
    page.goto("/demos/softmax_table/")
    page.get_by_role("button", name="Show both").click()
    expect(page.get_by_role("row", name="Activations differs 1,2 1,3")).to_be_visible()
    expect(page.locator("svg.plot:visible")).to_have_count(2)
    for side, share in {"Left": "0.7311", "Right": "0.8808"}.items():  # 1 / (1 + e^(x - y))
        expect(page.get_by_role("region", name=side).locator("table").first).to_contain_text(share)
    assert look_at(page) == []


def test_the_card_page_runs_it_too(page: Page, cards) -> None:
    page.goto(f"/cards/{cards['softmax_table']}/")
    page.keyboard.press("d")
    expect(panel(page).locator("svg.plot:visible")).to_have_count(1)
    assert look_at(page) == []


def test_it_works_without_javascript(new_context: Callable[..., BrowserContext], cards) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"/review/{cards['lr_find']}/?n=0")
    page.get_by_role("button", name=re.compile(f"Run it: {LR_FIND}")).click()
    expect(page.locator("svg.plot:visible")).to_have_count(2)  # until then the page reloads itself
    field(page, "Steps").fill("250")
    field(page, "Batch size").fill("256")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.locator("svg.plot:visible")).to_have_count(2)  # the page reloads itself
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert page.locator("head noscript").count() == 0
    field(page, "Steps").fill("lots")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("“lots” is no whole number.")).to_be_visible()
    new_context.complaints.clear()  # the browser's own word on a 422
    field(page, "Steps").fill("260")
    field(page, "Batch size").fill("256")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled")).to_be_visible()
    page.get_by_role("link", name="The card").click()
    page.go_back()
    page.get_by_role("link", name="Back to the review").click()
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()


def test_without_a_worker_it_is_said_and_a_run_begins_by_itself_once_one_is_there_and_its_failure_is_shown(
    page: Page, tmp_path: Path
) -> None:
    """The worker that comes may use so little memory that the demo cannot end well."""
    with site(tmp_path, "web") as lonely:
        card = cards_of(lonely)["lr_find"]
        open_answer(page, card, lonely)
        page.keyboard.press("d")
        shown = panel(page, LR_FIND)
        expect(shown.locator(".progress")).to_contain_text("Demos cannot run at the moment")
        assert look_at(page) == []
        worker = subprocess.Popen(
            [sys.executable, "-m", "chapter5.worker", "heavy"],
            cwd=ROOT, env=lonely.environment | {"DEMO_MOST_MEGABYTES": "50"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            expect(shown).to_contain_text("It failed. It needed more than 50 MB")
            expect(shown.get_by_role("button", name="Cancel")).to_have_count(0)
            expect(page.locator("#live")).to_contain_text("it failed. It needed more than 50 MB")
            assert look_at(page) == []
        finally:
            worker.terminate()
            worker.wait(PATIENCE_SECONDS)
        page.keyboard.press("1")
        expect(page.get_by_role("button", name="Show answer")).to_be_focused()
