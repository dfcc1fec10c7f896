"""Cards that are done, in a real browser: by keyboard, narrow, and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_up
from tests.browser.test_every_page import complaints_of

CHOICE = """Which takes no logarithm?

- [ ] `log_softmax`
  > It is the logarithm of softmax.
- [x] `nll_loss`
- [ ] `cross_entropy`"""
SHEET = """Which softmax?

```worksheet
| class | activation | exp | softmax |
| teddy | 0.02 ~ -3..3 | ?=exp(B2) | ?=C2/sum(C2:C3) |
| brown | 1.25 ~ -3..3 | ?=exp(B3) | ?=C3/sum(C2:C3) |
hint: The exponential first.
```"""
FIELDS = {
    "typed": {
        "prompt": "The loss of classifiers?",
        "details": "accept: cross-entropy",
        "answer": "Of one label.",
    },
    "choice": {"prompt": CHOICE, "answer": "It picks an entry."},
    "worksheet": {"prompt": SHEET, "answer": "The share of the sum."},
}

SHOWS = {"typed": "Show answer", "choice": "Show answer", "worksheet": "Check"}


def write(page: Page, kind: str) -> None:
    """A deck of one's own with one card of that kind, by the editor."""
    sign_up(page)
    page.goto("/decks/new/")
    page.locator("[name=name]").fill("Done, not only read")
    page.get_by_role("button", name="Make the deck").click()
    page.goto(f"{page.url}new/")
    for name, text in FIELDS[kind].items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/review/?practise=deck:%22Done,+not+only+read%22")


def test_an_answer_is_typed_and_graded_by_keyboard_alone(page: Page) -> None:
    write(page, "typed")
    expect(page.get_by_label("Type your answer")).to_be_focused()
    page.keyboard.type("cross entorpy")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_text("Nearly. That suggests Hard; you decide.")
    expect(page.get_by_role("button", name="Hard")).to_be_focused()
    expect(page.get_by_role("button", name="Hard")).to_have_accessible_description(
        "Nearly. That suggests Hard; you decide."
    )
    page.keyboard.press("3")  # overruled
    expect(page.get_by_role("heading", name="That was the last of 1.")).to_be_visible()


def test_a_choice_is_taken_and_graded_by_keyboard_alone(page: Page) -> None:
    write(page, "choice")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    group = page.get_by_role("group", name="Choose one")
    place = 1 + [text.split("\n")[0] for text in group.locator("label").all_inner_texts()].index(
        "log_softmax"
    )
    page.keyboard.press(str(place))
    expect(group.get_by_role("radio", name="log_softmax")).to_be_checked()
    page.keyboard.press("Space")
    expect(page.locator("#verdict")).to_contain_text("Not quite.")
    expect(page.get_by_text("It is the logarithm of softmax.")).to_be_visible()
    expect(page.get_by_text("wrong, and you took it")).to_be_visible()
    expect(page.get_by_role("button", name="Again")).to_be_focused()


def test_a_worksheet_is_filled_in_as_in_a_spreadsheet_by_keyboard_alone(page: Page) -> None:
    write(page, "worksheet")
    cell = page.get_by_label
    expect(cell("C2")).to_be_focused()
    page.keyboard.type("=exp(B2)")
    page.keyboard.press("Enter")
    expect(cell("C3")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("ArrowRight")
    expect(cell("D3")).to_be_focused()
    page.keyboard.type("=C3/sum(C2:C3)")
    page.keyboard.press("ArrowUp")
    expect(cell("D2")).to_be_focused()
    page.keyboard.type("0.2262")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # from the last cell it checks
    expect(page.get_by_text("2 cells are not right yet. The exponential first.")).to_be_visible()
    expect(cell("C3")).to_be_focused()
    expect(cell("C3")).to_have_accessible_description(
        "2 cells are not right yet. The exponential first. ✗ not yet"
    )
    expect(cell("C2")).to_have_accessible_description("✓ right")
    expect(cell("C3")).to_have_attribute("aria-invalid", "true")
    expect(cell("C2")).to_have_value("=exp(B2)")
    page.keyboard.press("Control+A")
    page.keyboard.type("=exp(B3)")
    page.get_by_role("button", name="Check").press("Enter")
    expect(page.locator("#verdict")).to_have_text("Nearly. That suggests Hard; you decide.")
    expect(page.get_by_role("button", name="Hard")).to_be_focused()


def test_new_numbers_are_drawn_at_a_press(page: Page) -> None:
    write(page, "worksheet")
    given = page.locator(".sheet td.num").all_inner_texts()
    page.get_by_role("button", name="New numbers").click()
    expect(page.locator("input[name=numbers]")).to_have_count(1)
    assert page.locator(".sheet td.num").all_inner_texts() != given
    expect(page.get_by_label("C2")).to_be_focused()


@pytest.mark.parametrize("kind", list(FIELDS))
def test_without_javascript_it_is_a_form(new_context, kind) -> None:
    page = new_context(java_script_enabled=False).new_page()
    write(page, kind)
    if kind == "typed":
        page.get_by_label("Type your answer").fill("Cross entropy")
    elif kind == "choice":
        page.get_by_role("radio", name="nll_loss").check()
    else:
        for name, text in {"C2": "1.0202", "C3": "=exp(B3)", "D2": "=C2/(C2+C3)", "D3": "77.4%"}.items():
            page.get_by_label(name).fill(text)
    page.get_by_role("button", name=SHOWS[kind]).click()
    expect(page.locator("#verdict")).to_have_text("Right. That suggests Good; you decide.")
    page.get_by_role("button", name="Good").click()
    expect(page.get_by_role("heading", name="That was the last of 1.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", list(FIELDS))
def test_it_can_be_read_and_used_at_320_px(new_context, kind, scheme) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 320, "height": 640}).new_page()
    write(page, kind)
    assert complaints_of(page) == []
    if kind == "typed":
        page.get_by_label("Type your answer").fill("entropy")
    elif kind == "choice":
        page.get_by_role("radio", name="cross_entropy").check()
    else:
        page.get_by_label("C2").fill("=exp(B2)")
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_text("3 cells are not right yet.")).to_be_visible()
        assert complaints_of(page) == []
    page.get_by_role("button", name=SHOWS[kind]).click()
    expect(page.locator("#verdict")).to_be_visible()
    assert complaints_of(page) == []
