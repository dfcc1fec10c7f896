"""A card with gaps in a real browser: written, asked and graded by keyboard, narrow, dark, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import replied, sign_up
from tests.browser.test_every_page import complaints_of

PROMPT = (
    "The {{c1::learning rate::two words}} is what {{c2::`lr_find`}} helps to choose: $\\frac{{c3::a}}{b}$."
)


@pytest.fixture(autouse=True)
def _refused_where_that_is_asked_for(new_context) -> Iterator[None]:
    """The browser's own word on a preview or a form that says what is wrong is no complaint."""
    yield
    new_context.complaints[:] = [said for said in new_context.complaints if "status of 422" not in said]


def write(page: Page) -> None:
    """A deck of one's own with a card of three parts, by the editor, which previews it."""
    sign_up(page)
    page.goto("/decks/new/")
    page.locator("[name=name]").fill("Gaps")
    page.get_by_role("button", name="Make the deck").click()
    page.goto(f"{page.url}new/")
    page.locator("[name=prompt]").fill("A {{c1::gap in {{c2::another}}")
    if page.evaluate("typeof htmx !== 'undefined'"):
        expect(page.locator("#preview")).to_contain_text("A cloze stands in no other cloze.")
    page.locator("[name=prompt]").fill(PROMPT)
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_part_is_asked_revealed_and_graded_by_keyboard_alone(page: Page) -> None:
    write(page)
    page.goto("/review/?practise=deck:gaps")
    ask, good = page.get_by_role("button", name="Show answer"), page.get_by_role("button", name="Good")
    assert "learning rate" not in page.content()
    for asked, question, told, answer in (  # as a screen reader says it
        ("mark.blank", "blank: [two words]", "mark.filled", "filled in: learning rate"),
        ("mark.blank", "blank: […]", "mark.filled", "filled in: lr_find"),
        (".unseen", "blank: ", ".unseen", "filled in: "),
    ):
        expect(page.locator(f".prompt {asked}")).to_have_text(question)
        expect(ask).to_be_focused()
        page.keyboard.press("Space")
        expect(page.locator(f".prompt {told}")).to_have_text(answer)
        expect(good).to_be_focused()
        page.keyboard.press("3")
    expect(page.get_by_role("heading", name="That was the last of 3.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".prompt .unseen")).to_have_text("blank: ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_narrow_phone_and_has_no_fault_for_axe(new_context, scheme) -> None:
    page = new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme).new_page()
    write(page)
    page.goto("/review/?practise=deck:gaps")
    for _ in range(3):
        expect(page.get_by_role("button", name="Show answer")).to_be_visible()
        expect(page.locator(".htmx-request")).to_have_count(0)  # while it lasts, buttons are paler
        assert complaints_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("button", name="Show answer").click()
        expect(page.locator(".prompt mark.filled, .prompt menclose").first).to_be_visible()
        expect(page.locator(".htmx-request")).to_have_count(0)
        assert complaints_of(page) == []
        page.get_by_role("button", name="Good").click()
    replied(page)  # else it may come while the next test counts


def test_without_javascript_it_is_forms_and_pages(new_context) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_up(page)
    page.goto("/decks/new/")
    page.locator("[name=name]").fill("Gaps")
    page.get_by_role("button", name="Make the deck").click()
    page.goto(f"{page.url}new/")
    page.locator("[name=prompt]").fill("A {{c1::gap")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("not closed in its paragraph")
    page.locator("[name=prompt]").fill(PROMPT)
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/review/?practise=deck:gaps")
    for hidden in ("learning rate", "lr_find"):
        assert hidden not in page.content()
        page.get_by_role("button", name="Show answer").click()
        expect(page.locator(".prompt mark.filled")).to_contain_text(hidden)
        page.get_by_role("button", name="Good").click()
    expect(page.locator(".prompt menclose")).to_be_attached()
