"""From notes to a review: a learner pastes a questionnaire, corrects how it was read, and studies the deck."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_up

NOTES = """From a talk

What is a tensor?

An array of numbers, of any number of dimensions.

Ask Ada about the slides.

Why do we normalise?

So that all features weigh alike.
"""


def study_nothing_else(page: Page) -> None:
    """Leaves the deck that ships, so that the day's cards are those of one's own decks."""
    page.goto("/decks/")
    page.get_by_role("link", name="fast.ai chapter 5").first.click()
    page.get_by_role("button", name="Stop studying it").click()
    expect(page.get_by_role("button", name="Study this deck")).to_be_visible()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_pasted_questionnaire_is_corrected_made_a_deck_and_reviewed(
    new_context: Callable[..., BrowserContext], has_javascript: bool
) -> None:
    page = new_context(java_script_enabled=has_javascript).new_page()
    sign_up(page)
    study_nothing_else(page)
    page.goto("/questionnaires/")
    page.get_by_label("Questions and answers").fill(NOTES)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator(".lead")).to_contain_text("2 cards.")
    page.wait_for_load_state()
    roles = page.get_by_label("Paragraph")
    assert [role.input_value() for role in roles.all()] == [
        "heading", "prompt", "answer", "continuation", "prompt", "answer",
    ]  # fmt: skip
    page.get_by_label("Paragraph 4 is").select_option("Ignore")  # a note to oneself belongs to no answer
    page.get_by_role("button", name="Read it again so").click()
    expect(page.locator("li.is-ignore p")).to_have_text("Ask Ada about the slides.")
    page.get_by_role("button", name="Make the deck").click()
    expect(page.get_by_role("heading", name="From a talk")).to_be_visible()

    page.get_by_role("link", name="Review", exact=True).last.click()
    expect(page.locator(".prompt")).to_have_text("What is a tensor?")
    page.get_by_role("button", name="Show answer").click()
    expect(page.locator(".answer")).to_have_text("An array of numbers, of any number of dimensions.")
    page.get_by_role("button", name="Good").click()
    expect(page.locator(".prompt")).to_have_text("Why do we normalise?")
    expect(page.locator(".counts li", has_text="done").locator("b")).to_have_text("1")

    page.goto("/decks/")
    page.get_by_role("link", name="From a talk").click()
    rows = page.locator("main .rows li")
    expect(rows.filter(has_text="What is a tensor?")).to_contain_text("due")
    expect(rows.filter(has_text="Why do we normalise?")).to_contain_text("new")
