"""An editor's tools in a real browser: cards in bulk without JavaScript; a demo attached with it and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_up


def write_cards(page: Page, count: int) -> str:
    """A deck of one's own with that many cards. Returns its address."""
    sign_up(page)
    page.goto("/decks/new/")
    page.locator("[name=name]").fill("Edited together")
    page.get_by_role("button", name="Make the deck").click()
    address = page.url
    for number in range(count):
        page.goto(f"{address}new/")
        page.locator("[name=prompt]").fill(f"Card {number}?")
        page.get_by_role("button", name="Save", exact=True).click()
    return address


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_cards_are_tagged_reordered_and_archived_together(new_context, java_script_enabled) -> None:
    page = new_context(java_script_enabled=java_script_enabled).new_page()
    write_cards(page, 3)
    page.get_by_text("Choose several cards").click()
    for number in (0, 2):
        page.get_by_role("checkbox", name=f"Choose Card {number}?").check()
    page.get_by_label("Tag").fill("loss")
    page.get_by_label("Tag").press("Enter")  # presses no button
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("2 cards have the tag loss now.")).to_be_visible()
    page.get_by_text("Choose several cards").click()
    page.get_by_role("checkbox", name="Choose Card 2?").check()
    page.get_by_role("button", name="One up").click()
    expect(page.locator("section .rows > li > a")).to_have_text(["Card 0?", "Card 2?", "Card 1?"])
    expect(page.get_by_role("button", name="One up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("section .rows > li > a").first).to_have_text("Card 2?")
    page.get_by_role("button", name="Into the archive").click()
    expect(page.get_by_text("1 card is in the archive. It comes up no more")).to_be_visible()
    page.get_by_text("1 card in the archive", exact=True).click()
    page.get_by_role("checkbox", name="Choose Card 2?").check()
    page.get_by_role("button", name="Bring the chosen ones back").click()
    expect(page.get_by_text("1 card is back, its schedule as it was.")).to_be_visible()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_demo_is_attached_with_parameters_and_runs_from_the_card(new_context, java_script_enabled) -> None:
    page = new_context(java_script_enabled=java_script_enabled).new_page()
    write_cards(page, 1)
    page.get_by_role("link", name="Card 0?").click()
    page.goto(f"{page.url}edit/")
    page.locator("[name=answer]").fill("Typed before.")
    page.get_by_text("Attach a demo").click()
    page.get_by_label("Which one").select_option("softmax_table")
    page.get_by_role("button", name="Set its parameters").click()
    field = page.locator("[name=p-activations]")
    field.fill("nothing")
    page.get_by_role("button", name="Attach it").click()
    expect(page.get_by_text("“nothing” is no number.")).to_be_visible()
    assert all(
        "status of 422" in said for said in new_context.complaints
    )  # a refused form is no error of ours
    new_context.complaints.clear()
    field.fill("1, 2.5")
    page.get_by_role("button", name="Attach it").click()
    expect(page.get_by_text("The demo is attached.")).to_be_visible()
    expect(page.locator("[name=details]")).to_have_value(re.compile("demo: softmax_table activations=1,2.5"))
    expect(page.locator("[name=answer]")).to_have_value("Typed before.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Run it: Softmax")).to_be_visible()
