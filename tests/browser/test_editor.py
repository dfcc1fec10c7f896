"""The card editor's script: a live preview, pictures where the cursor is, nothing lost by a slip."""

import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import Dialog, Page, Route, expect


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "PNG")
    return file.getvalue()


def make_deck(page: Page) -> None:
    page.goto("/decks/new/")
    page.get_by_label("Name").fill("My losses")
    page.get_by_role("button", name="Make the deck").click()


def open_editor(page: Page) -> None:
    """A guest's new deck, and the editor of its first card."""
    make_deck(page)
    page.get_by_role("link", name="Write a card").click()
    expect(page.locator("#preview")).to_contain_text("What you write is shown here")
    page.wait_for_load_state()


def test_a_guest_writes_a_card_with_a_picture_and_sees_it_as_they_type(page: Page) -> None:
    open_editor(page)
    expect(page.get_by_role("button", name="Preview")).to_be_hidden()
    page.get_by_label("Prompt").fill("What is $x^2$?")
    expect(page.locator("#preview math")).to_be_visible()
    answer = page.get_by_label("Answer")
    answer.fill("Before.\n\nBehind.")
    answer.evaluate("area => area.setSelectionRange(7, 7)")
    page.get_by_text("Add a picture").click()
    page.get_by_label("What it shows").fill("a [teal] field")
    page.get_by_label("Picture").set_input_files(
        {"name": "plot.png", "mimeType": "image/png", "buffer": png()}
    )
    shown = page.locator("#preview").get_by_role("img", name="a teal field")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 40
    before, picture, behind = answer.input_value().split("\n\n", 2)
    assert (before, behind.strip()) == ("Before.", "Behind.")
    assert picture.startswith("![a teal field](/pictures/")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="What is x^2?").click()
    expect(page.get_by_role("img", name="a teal field")).to_be_visible()


def test_a_picture_can_be_pasted_into_the_prompt(page: Page) -> None:
    open_editor(page)
    page.get_by_label("Prompt").fill("Look:")
    page.get_by_label("Prompt").evaluate(
        """(area, bytes) => {
            area.focus();
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "pasted.png", {type: "image/png"}));
            area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        list(png()),
    )
    expect(page.locator("#preview .prompt img")).to_be_visible()
    expect(page.get_by_label("Prompt")).to_have_value(
        re.compile(r"^Look:\n\n!\[\]\(/pictures/[-0-9a-f]{36}\)\n$")
    )


def test_leaving_asks_when_something_was_typed(page: Page) -> None:
    open_editor(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Prompt").press_sequentially("Half a th")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Prompt")).to_have_value("Half a th")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Half a th")).to_be_visible()
    assert asked == ["beforeunload"]


def test_what_was_typed_before_the_script_is_there_is_previewed_and_not_lost(page: Page) -> None:
    make_deck(page)
    held: list[Route] = []
    page.route("**/js/editor*.js", lambda route: held.append(route))
    page.get_by_role("link", name="Write a card").click()
    page.get_by_label("Prompt").fill("What is $x^2$?")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.locator("#preview math")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Prompt")).to_have_value("What is $x^2$?")
    assert asked == ["beforeunload"]
