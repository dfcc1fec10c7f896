"""A deck of one's own from a pasted questionnaire, in a real browser and over a real connection."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

NOTES = """On tensors

What is a tensor?

An array of numbers.

It has any number of dimensions.

Explain broadcasting.
"""


def read_notes(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Decks").click()
    page.get_by_role("link", name="questionnaire").click()
    page.get_by_label("Questions and answers").fill(NOTES)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="What was read")).to_be_visible()
    page.wait_for_load_state()


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_guest_pastes_a_questionnaire_corrects_it_and_studies_the_deck(
    new_context: Callable[..., BrowserContext], has_javascript: bool
) -> None:
    page = new_context(java_script_enabled=has_javascript).new_page()
    read_notes(page)
    chosen = [select.input_value() for select in page.get_by_label("Paragraph").all()]
    assert chosen == ["heading", "prompt", "answer", "continuation", "prompt"]
    page.get_by_label("Paragraph 4 is").select_option("Prompt")
    page.get_by_role("button", name="Read it again so").click()
    expect(page.locator(".lead")).to_contain_text("3 cards, 2 of them need an answer.")
    page.get_by_role("button", name="Make the deck").click()
    expect(page.get_by_role("heading", name="On tensors")).to_be_visible()
    expect(page.locator(".said")).to_contain_text("The deck has 3 cards. 2 need an answer.")
    for prompt in ("What is a tensor?", "It has any number of dimensions.", "Explain broadcasting."):
        expect(page.get_by_role("link", name=prompt)).to_be_visible()


def test_the_form_sent_twice_at_once_makes_one_deck(page: Page) -> None:
    """As an impatient double click may send it: two requests in flight, here surely."""
    read_notes(page)
    addresses = page.evaluate(
        """() => {
            const form = document.querySelector("form[action='/questionnaires/make/']");
            const send = () => fetch(form.action, {method: "POST", body: new FormData(form)});
            return Promise.all([send(), send()]).then((answers) => answers.map((answer) => answer.url));
        }"""
    )
    assert addresses[0] == addresses[1]
    page.goto("/decks/")
    expect(page.get_by_role("link", name="On tensors")).to_have_count(1)


def test_a_file_of_50_mb_is_refused_with_a_sentence(page: Page, new_context, tmp_path: Path) -> None:
    """Sent to its end by a real browser: the answer arrives, and is no broken connection."""
    file = tmp_path / "notes.txt"
    file.write_bytes(b"Why so long?\n" * 4_000_000)
    page.goto("/questionnaires/")
    page.get_by_label("Or a text file").set_input_files(file)
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.get_by_role("button", name="Read it").click()
    assert answer.value.status == 422
    expect(page.locator("#id_file_error")).to_have_text(
        "The file has 52 MB. The most that can be read is 2 MB."
    )
    assert all("422" in complaint for complaint in new_context.complaints)
    new_context.complaints.clear()  # a refused form is what was asked for
