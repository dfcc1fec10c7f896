"""Searching and practising in a real browser: by keyboard alone, and without JavaScript."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_up
from tests.browser.test_review import reveal


def test_by_keyboard_from_anywhere_to_what_is_found_and_practised(page: Page) -> None:
    sign_up(page)
    page.goto("/decks/")
    page.keyboard.press("/")
    expect(page.get_by_label("Search the cards")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_label("Search the cards")).to_be_focused()
    page.keyboard.type("softmax/")
    expect(page.get_by_label("Search the cards")).to_have_value("softmax/")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    found = page.locator(".found mark")
    expect(found.first).to_have_text("softmax")
    page.get_by_role("button", name="Practise them").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#session [data-focus]")).to_be_focused()
    expect(page.locator(".counts")).to_contain_text("0 of")
    reveal(page)
    page.keyboard.press("3")
    expect(page.locator(".counts")).to_contain_text("1 of")
    page.reload()
    expect(page.locator(".counts")).to_contain_text("1 of")


def test_a_mistake_is_marked_and_mended(page: Page, new_context: Callable[..., BrowserContext]) -> None:
    page.goto("/search/?q=is:suspend")
    expect(page.locator("mark")).to_have_text("is:suspend")
    new_context.complaints[:] = [said for said in new_context.complaints if "status of 422" not in said]
    page.keyboard.press("/")
    page.keyboard.press("End")
    page.keyboard.type("ed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="0 cards")).to_be_visible()


def test_without_javascript_a_search_is_kept_found_again_and_practised(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/search/")
    page.get_by_label("Search the cards").fill("tag=softmax or entropy")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("Keep this search", exact=True).click()
    page.get_by_label("Keep this search as").fill("My losses")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="My losses:")).to_be_visible()
    page.goto("/practice/")
    page.get_by_role("link", name="Shuffled").click()
    page.get_by_role("link", name="My losses").click()
    page.locator(".bottom .go").click()  # shows the answer, of whatever kind the card is
    page.get_by_role("button", name="Good").click()
    expect(page.locator(".counts")).to_contain_text("1 of")
