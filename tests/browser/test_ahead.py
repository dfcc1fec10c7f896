"""The next prompt stands there the moment a grade is pressed, whatever the network; its answer, after the reply."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Server, replied
from tests.browser.test_review import count, prompt, reveal, reveal_and_grade, reviews
from tests.server import PATIENCE_SECONDS
from tests.slow_network import slow_down

GRADE = "**/review/grade/"
# Presses the key of a grade, and says what stands there in the next frame, and whether the grade's reply was there.
PRESS = """() => new Promise((done) => {
  performance.clearResourceTimings();
  document.querySelector("#grade [data-key='3']").click();
  requestAnimationFrame(() => done([
    document.querySelector(".prompt").innerText,
    performance.getEntriesByType("resource").some((each) => each.name.endsWith("/review/grade/")),
  ]));
})"""
# What moves without a press, from now on.
WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) shifts.push(each.value);
  }).observe({ type: "layout-shift", buffered: true });
}"""
SHIFT = "shifts.reduce((sum, each) => sum + each, 0)"


@contextmanager
def held(page: Page) -> Iterator[list[Route]]:
    """Grades are kept on their way to the server, in this list; at the end they go on, or by `abort` nowhere."""
    routes: list[Route] = []
    page.route(GRADE, lambda route: routes.append(route))
    yield routes
    page.unroute(GRADE)


def press(page: Page, routes: list[Route], key: str = "3") -> None:
    """Grades by key; returns when that is on its way."""
    before = prompt(page)
    page.keyboard.press(key)
    expect(page.locator(".prompt").first).not_to_have_text(before)
    wait_for_the_first(page, routes)
    assert len(routes) == 1


def wait_for_the_first(page: Page, routes: list[Route]) -> None:
    """Returns when a grade is on its way: the next prompt stands there before the browser says that it has sent one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not routes:
        assert time.monotonic() < deadline, "no grade was sent"
        page.wait_for_timeout(20)


def start(page: Page, graded: int = 1) -> None:
    """A guest who has graded so much, at the next card's answer."""
    page.goto("/review/")
    for _ in range(graded):
        reveal_and_grade(page, "3")
    reveal(page)


def test_the_next_prompt_is_there_before_the_reply_and_its_answer_only_after(page: Page) -> None:
    start(page)
    first = prompt(page)
    with held(page) as routes:
        press(page, routes)
        second = prompt(page)
        assert second != first
        expect(page.locator("#ask [data-focus]")).to_be_focused()
        page.keyboard.press("Space")
        page.wait_for_timeout(300)
        expect(page.locator("#ask")).to_be_visible()
        expect(page.locator("#answer:visible")).to_have_count(0)
        assert count(page, "done") == 1
        routes[0].continue_()
        expect(page.get_by_role("button", name="Good")).to_be_focused()  # the press that waited
    assert prompt(page) == second
    assert count(page, "done") == 2
    page.keyboard.press("u")
    expect(page.locator(".prompt")).to_have_text(first)


def test_what_is_typed_meanwhile_stays_with_focus_and_place(page: Page) -> None:
    start(page)
    with held(page) as routes:
        press(page, routes)
        page.keyboard.press("t")
        page.keyboard.type("my own words")
        page.keyboard.press("ArrowLeft")
        routes[0].continue_()
        expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("2")
        replied(page)
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.type("!")
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_contain_text("my own word")
    expect(page.locator(".mine")).to_contain_text("!s")


def test_the_prompt_of_a_grade_that_failed_goes_and_comes_back_with_what_was_typed(
    page: Page, new_context
) -> None:
    start(page)
    first = prompt(page)
    page.locator("#note summary").click()
    page.locator("#note textarea").fill("a note")
    page.keyboard.press("Escape")
    with held(page) as routes:
        press(page, routes)
        second = prompt(page)
        page.locator("#typed").fill("too early")
        routes[0].abort()
        expect(page.locator("#live")).to_contain_text("cannot be reached")
        expect(page.locator(".prompt")).to_have_text(first)
        expect(page.get_by_role("button", name="Good")).to_be_focused()
        expect(page.locator("#note textarea")).to_have_value("a note")
    page.keyboard.press("3")
    expect(page.locator(".prompt")).to_have_text(second)
    expect(page.locator("#typed")).to_have_value("too early")
    expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("2")
    expect(page.locator("#live.note")).to_have_count(0)
    new_context.complaints.clear()  # a request that failed is what was asked for


def test_a_prompt_that_was_done_elsewhere_goes_before_its_answer_is_seen_and_that_is_said(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    before = reviews(server)
    context = new_context()
    one, two = context.new_page(), context.new_page()
    start(one)
    with held(one) as routes:
        press(one, routes)
        second = prompt(one)
        card = one.locator("#ask").get_attribute("action").strip("/").rpartition("/")[2]
        two.goto(f"/review/?card={card}")
        assert prompt(two) == second
        reveal_and_grade(two, "3")
        one.keyboard.press("Space")
        routes[0].continue_()
        expect(one.locator(".note")).to_contain_text("done elsewhere")
        expect(one.locator(".prompt")).not_to_have_text(second)
        expect(one.get_by_role("button", name="Show answer")).to_be_focused()
    assert count(one, "done") == reviews(server) - before == 3


def test_what_was_graded_elsewhere_is_said_though_the_next_prompt_stands_there(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    before = reviews(server)
    context = new_context()
    one, two = context.new_page(), context.new_page()
    start(one)
    two.goto(one.url)
    with held(one) as routes:
        press(one, routes)
        two.keyboard.press("1")
        expect(two.get_by_role("button", name="Show answer")).to_be_focused()
        routes[0].continue_()
        expect(one.locator(".note")).to_contain_text("graded elsewhere")
    assert reviews(server) - before == 2


def test_a_grade_pressed_twice_is_one_review_and_shows_no_answer(page: Page, server: Server) -> None:
    before = reviews(server)
    start(page)
    page.get_by_role("button", name="Good").dblclick()
    expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("2")
    page.wait_for_timeout(500)  # were it pressed too, the answer would come now
    expect(page.locator("#ask")).to_be_visible()
    reveal(page)
    with held(page) as routes:
        page.keyboard.press("3")
        page.keyboard.press("3")
        expect(page.locator("#ask")).to_be_visible()
        wait_for_the_first(page, routes)
        page.wait_for_timeout(300)  # were there a second, it would be on its way too
        assert len(routes) == 1
        routes[0].continue_()
        expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("3")
    assert reviews(server) - before == 3


def test_who_leaves_before_the_reply_has_graded(page: Page, server: Server) -> None:
    before = reviews(server)
    start(page)
    routes: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if routes:
            route.continue_()
        else:
            routes.append(route)

    page.context.route(GRADE, lose_the_first)
    press(page, routes)
    page.goto("/")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while reviews(server) - before < 2:
        assert time.monotonic() < deadline
        page.wait_for_timeout(
            100
        )  # the browser's word of what it sends comes, and is answered, in such waits alone
    page.goto("/review/")
    assert count(page, "done") == 2


def test_again_on_the_last_card_brings_itself_by_the_reply(page: Page) -> None:
    start(page, graded=19)
    last = prompt(page)
    assert page.locator("#ahead").count() == 0
    page.keyboard.press("1")
    expect(page.locator("#ask [data-focus]")).to_be_focused()
    assert prompt(page) == last
    reveal(page)
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="Done for today: 20 cards.")).to_be_focused()


def test_on_a_slow_network_the_next_prompt_stands_there_in_the_next_frame(page: Page) -> None:
    start(page)
    page.evaluate(WATCH)
    slow_down(page)
    for done in (2, 3):
        before = prompt(page)
        with held(page) as routes:
            found, is_replied = page.evaluate(PRESS)
            assert found != before
            assert not is_replied
            wait_for_the_first(page, routes)
            routes[0].continue_()
        expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text(str(done))
        assert prompt(page) == found
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Good")).to_be_focused()
    assert page.evaluate(SHIFT) < 0.001


@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_moves_that_was_not_pressed(new_context: Callable[..., BrowserContext], width: int) -> None:
    page = new_context(viewport={"width": width, "height": 640}).new_page()
    slow_down(page)
    page.goto("/review/", wait_until="networkidle")
    page.evaluate(WATCH)
    page.wait_for_timeout(200)
    assert page.evaluate(SHIFT) == 0
    for done in ("1", "2"):
        reveal(page)
        page.keyboard.press("3")
        expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text(done)
    page.wait_for_timeout(700)
    assert page.evaluate(SHIFT) < 0.001
