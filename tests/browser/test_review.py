"""Reviewing in a real browser: by keyboard, without JavaScript, taken back, in two tabs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server, replied, sign_up


def prompt(page: Page) -> str:
    return page.locator(".prompt").inner_text()


def count(page: Page, name: str) -> int:
    return int(page.locator(".counts li", has_text=name).locator("b").inner_text())


def reviews(server: Server) -> int:
    """How many there are, of everybody."""
    look = "from cards.models import StudyEvent; print(StudyEvent.objects.filter(kind='graded').count())"
    return int(server.manage("shell", "-v0", "-c", look))


def reveal_and_grade(page: Page, key: str) -> None:
    """By keyboard alone: Space shows the answer, a digit grades, and the next prompt stands there."""
    before = prompt(page)
    reveal(page)
    page.keyboard.press(key)
    expect(page.locator(".prompt")).not_to_have_text(before)
    expect(page.locator("#session [data-focus]")).to_be_focused()
    replied(page)


def reveal(page: Page) -> None:
    page.wait_for_load_state()  # its keys are heard now
    page.keyboard.press("Escape")  # leaves the field of a card that is answered by typing
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_focused()


def test_a_guest_reviews_five_cards_by_keyboard_alone_and_signs_up_keeping_them(
    page: Page, server: Server
) -> None:
    page.goto("/")
    page.keyboard.press("Enter")  # Start reviewing
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    for key in ("3", "4", "2", "1", "3"):
        reveal_and_grade(page, key)
    assert (count(page, "done"), count(page, "again today")) == (5, 2)
    name = sign_up(page)
    page.goto("/review/")
    assert (count(page, "done"), count(page, "again today")) == (5, 2)
    page.goto("/")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    assert "schedules are what their events say" in server.manage("replay", "--check")


def test_three_clicks_lead_from_home_to_the_first_graded_card(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Start reviewing").click()
    page.get_by_role("button", name="Show answer").click()
    page.get_by_role("button", name="Good").click()
    expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("1")


def test_it_works_without_javascript(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("link", name="Start reviewing").click()
    for place in range(5):
        page.locator("[name=typed]").fill("my answer")
        page.get_by_role("button", name="Show answer").click()
        expect(page.locator(".mine")).to_contain_text("my answer")
        page.get_by_role("button", name="Again" if place == 4 else "Good").click()
    assert (count(page, "done"), count(page, "again today")) == (5, 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".said")).to_contain_text("Taken back")
    assert count(page, "done") == 4
    sign_up(page)
    page.goto("/review/")
    assert count(page, "done") == 4


def test_undo_by_its_key_goes_back_through_the_session(page: Page) -> None:
    page.goto("/review/")
    first = prompt(page)
    reveal_and_grade(page, "3")
    second = prompt(page)
    reveal_and_grade(page, "1")
    page.keyboard.press("u")
    expect(page.locator(".prompt")).to_have_text(second)
    assert count(page, "done") == 1
    page.keyboard.press("u")
    expect(page.locator(".prompt")).to_have_text(first)
    assert count(page, "done") == 0
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_skip_and_suspend_by_key_and_undo_each(page: Page) -> None:
    page.goto("/review/")
    prompts = [prompt(page)]
    for key in ("s", "x"):
        page.keyboard.press(key)
        expect(page.locator(".prompt")).not_to_have_text(prompts[-1])
        expect(page.get_by_role("button", name="Show answer")).to_be_focused()
        prompts.append(prompt(page))
    for word, before in (("suspend", prompts[1]), ("skip", prompts[0])):
        expect(page.get_by_role("button", name=f"Undo {word}")).to_be_visible()
        page.keyboard.press("u")
        expect(page.locator(".prompt")).to_have_text(before)


def test_a_reload_shows_where_one_is(page: Page) -> None:
    page.goto("/review/")
    first = prompt(page)
    reveal_and_grade(page, "3")
    second = prompt(page)
    page.reload()
    expect(page.locator(".prompt")).to_have_text(second)
    expect(page.get_by_text("graded elsewhere")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator(".prompt")).to_have_text(first)
    page.reload()
    expect(page.locator(".prompt")).to_have_text(first)


def test_undo_stands_after_a_restart_of_the_browser(new_context: Callable[..., BrowserContext]) -> None:
    before = new_context()
    page = before.new_page()
    page.goto("/review/")
    first = prompt(page)
    reveal_and_grade(page, "3")
    state = before.storage_state()
    before.close()
    page = new_context(storage_state=state).new_page()
    page.goto("/review/")
    page.keyboard.press("u")
    expect(page.locator(".prompt")).to_have_text(first)


def test_two_tabs_give_one_review(new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    one, two = context.new_page(), context.new_page()
    one.goto("/review/")
    reveal_and_grade(one, "3")  # now there is a guest, and both tabs are theirs
    for page in (one, two):
        page.goto("/review/")
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Good")).to_be_focused()
    one.keyboard.press("3")
    expect(one.get_by_role("button", name="Show answer")).to_be_focused()
    replied(one)
    two.keyboard.press("1")
    expect(two.locator(".note")).to_contain_text("graded elsewhere")
    assert count(two, "done") == 2
    assert prompt(one) == prompt(two)


def test_a_grade_that_comes_as_soon_as_its_button_is_not_sent_as_a_page(page: Page) -> None:
    """htmx listens to what it has put there before the next event can come."""
    page.goto("/review/")
    page.evaluate(
        """() => {
            addEventListener("submit", (event) => { if (event.target.id === "grade") heard = event.defaultPrevented; });
            new MutationObserver((_, observer) => {
                const form = document.querySelector("#grade");
                if (!form) return;
                observer.disconnect();
                form.requestSubmit(form.querySelector("[value='3']"));
            }).observe(document.body, { childList: true, subtree: true });
            window.heard = null;
        }"""
    )
    page.keyboard.press("Space")
    expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("1")
    assert page.evaluate("window.heard") is True
    replied(page)


def test_a_double_click_gives_one_review(page: Page) -> None:
    page.goto("/review/")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Good").dblclick()
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    replied(page)
    assert count(page, "done") == 1


def test_back_shows_where_one_is_and_a_grade_there_is_one_review(page: Page, server: Server) -> None:
    """Every card is swapped in at one address, so Back leaves the session; it comes back as it is now."""
    before = reviews(server)
    page.goto("/")
    page.get_by_role("link", name="Start reviewing").click()
    reveal_and_grade(page, "3")
    page.locator(".tools a").click()  # the card's deck
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Review").click()
    reveal_and_grade(page, "3")
    third = prompt(page)
    page.go_back()  # to the deck
    page.go_back()  # to where the first card was graded
    expect(page.locator(".prompt")).to_have_text(third)
    expect(page.get_by_text("graded elsewhere")).to_have_count(0)
    reveal_and_grade(page, "3")
    page.go_back()
    expect(page.get_by_role("link", name="Go on")).to_be_visible()
    page.go_forward()
    assert count(page, "done") == reviews(server) - before == 3


def test_back_without_javascript_says_where_one_is_and_a_grade_there_is_one_review(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    """Every card has its address, so Back comes to an answer that was graded."""
    before = reviews(server)
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/review/")
    graded = []
    for done in (1, 2, 3):
        graded.append(prompt(page))
        page.get_by_role("button", name="Show answer").click()
        page.get_by_role("button", name="Good").click()
        assert count(page, "done") == done
        page.go_back()
        expect(page.locator(".note")).to_contain_text("graded elsewhere")
        assert prompt(page) not in graded
    assert reviews(server) - before == 3


def test_the_typed_answer_is_shown_against_the_answer_and_enter_reveals(page: Page) -> None:
    page.goto("/review/")
    page.keyboard.press("t")
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.type("3 u 1")  # keys of the page are letters here
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_contain_text("3 u 1")
    expect(page.get_by_role("button", name="Good")).to_be_focused()


def test_one_key_flags_the_card(page: Page) -> None:
    page.goto("/review/")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_focused()
    page.keyboard.press("f")
    expect(page.get_by_text("Flagged as wrong")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Flagged as wrong")).to_have_count(0)


def test_what_a_flag_asks_comes_into_sight_and_the_grades_keep_the_focus(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    """On a phone, below the longest answer that ships."""
    longest = (
        "from cards.models import Card; print(max(Card.objects.all(), key=lambda card: len(card.answer)).pk)"
    )
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(f"/review/{server.manage('shell', '-v0', '-c', longest).strip()}/?n=0")
    expect(page.get_by_role("button", name="Flag")).not_to_be_in_viewport()
    page.keyboard.press("f")
    expect(page.locator("#flagged")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Good")).to_be_focused()
    form, grades = page.locator("#flagged").bounding_box(), page.locator(".bottom").bounding_box()
    assert form
    assert grades
    assert form["y"] + form["height"] <= grades["y"]
    page.get_by_role("button", name="Say “typo” instead").click()
    expect(page.locator("#flag")).to_have_text("Flagged as typo.")
    expect(page.locator("#flag")).to_be_focused()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("button", name="Flag")).to_be_focused()
    expect(page.get_by_role("button", name="Flag")).to_be_in_viewport(ratio=1)


def test_no_line_begins_with_what_hangs_on_a_formula_or_code(page: Page, server: Server) -> None:
    """Every card that ships, as wide as a phone and everything narrower or a little wider."""
    hanging = (
        "import re; from cards.models import Card; "
        "print(*[f'{card.pk}/?n=0&part={card.part_numbers[0]}' for card in Card.objects.all()"
        " if re.search(r'[$`][,.;:)]', card.answer)])"
    )
    addresses = server.manage("shell", "-v0", "-c", hanging).split()
    checked = 0
    for address in addresses:
        page.goto(f"/review/{address}")
        seen, torn = page.locator(".answer").evaluate(
            """(answer) => {
                let seen = 0;
                const torn = [];
                for (let width = 250; width < 420; width++) {
                    answer.style.width = `${width}px`;
                    for (const each of answer.querySelectorAll("math, :not(pre) > code")) {
                        const text = each.nextSibling;
                        if (text?.nodeType !== Node.TEXT_NODE || /^[\\s\\w]/.test(text.data)) continue;
                        const range = document.createRange();
                        range.setStart(text, 0);
                        range.setEnd(text, 1);
                        seen++;
                        if (range.getBoundingClientRect().left < [...each.getClientRects()].at(-1).right - 2)
                            torn.push(`${width} px: ${each.textContent}${text.data}`);
                    }
                }
                return [seen, torn];
            }"""
        )
        checked += seen
        assert torn == []
    assert checked


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_the_theme_is_kept(page: Page, theme: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=theme).click()
    page.goto("/review/")
    assert page.locator("html").get_attribute("data-theme") == theme.lower()
    page.get_by_role("button", name="System").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(".*"))


@pytest.mark.parametrize("width", [1280, 320])
def test_the_largest_text_is_larger_and_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    page.goto("/review/")
    size = "parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"
    usual = page.evaluate(size)
    page.goto("/appearance/")
    page.get_by_role("button", name="Largest").click()
    for address in ("/review/", "/", "/decks/", "/appearance/", "/settings/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.goto("/review/")
    assert page.evaluate(size) > usual * 1.2
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_keys_can_be_hidden_and_turned_off(page: Page) -> None:
    page.goto("/review/")
    expect(page.locator("kbd:visible").first).to_be_visible()
    page.goto("/appearance/")
    page.get_by_role("button", name="Hidden").click()
    page.goto("/review/")
    expect(page.locator(":is(a, button, label) > kbd:visible")).to_have_count(0)
    reveal_and_grade(page, "3")
    page.goto("/appearance/")
    page.get_by_role("button", name="Off").click()
    page.goto("/review/")
    page.keyboard.press("Space")
    good = page.get_by_role("button", name="Good")
    expect(good).to_be_visible()
    before = page.url
    for key in "1u?/s":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    expect(good).to_be_visible()
    assert page.url == before


def test_the_finish_screen_says_what_was_done_and_what_comes(page: Page) -> None:
    page.goto("/review/")
    for _ in range(19):
        reveal_and_grade(page, "3")
    reveal(page)
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="Done for today: 20 cards.")).to_be_focused()
    expect(page.get_by_role("listitem").filter(has_text=re.compile(r"^\s*20\s*on "))).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Check")).to_be_visible()  # a worksheet is back
    assert count(page, "done") == 19


def test_a_failed_request_is_said_and_nothing_is_lost(page: Page, new_context) -> None:
    page.goto("/review/")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_focused()
    page.context.set_offline(True)
    page.keyboard.press("3")
    expect(page.locator("#live")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    replied(page)
    assert count(page, "done") == 1
    new_context.complaints.clear()  # being offline is what was asked for
