"""A card that is forgotten too often, in a real browser: by keyboard, and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Server, sign_up

# A demo's card of which the next lapse is one too many.
FORGOTTEN = """
from datetime import timedelta
from cards.actions.learners import change_settings
from cards.actions.study import grade_card
from cards.clock import now
from cards.models import Card, Learner
from cards.scheduling import Grade
learner = Learner.objects.get(username="{name}")
change_settings(learner=learner, leech_lapses=2)
card = Card.objects.filter(deck__source_key="chapter5", details__contains="demo: softmax_table").first()
for n, grade in enumerate([Grade.GOOD, Grade.AGAIN, Grade.GOOD]):
    at = now() - timedelta(days=3 - n)
    grade_card(learner=learner, card_id=card.pk, part=0, shown_number=n, grade=grade, now=at)
print(card.pk)
"""


def forget(page: Page, server: Server) -> int:
    """A new learner's card, due today. Returns its id."""
    name = sign_up(page)
    return int(server.manage("shell", "-v0", "-c", FORGOTTEN.format(name=name)).strip())


def notice(page: Page) -> Locator:
    return page.get_by_role("region", name="A card that you keep forgetting")


def fail_by_key(page: Page, card_id: int) -> None:
    page.goto(f"/review/?card={card_id}")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_focused()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()


def test_by_keyboard_it_is_run_suspended_and_brought_back(page: Page, server: Server) -> None:
    card_id = forget(page, server)
    fail_by_key(page, card_id)
    expect(notice(page).get_by_role("status")).to_contain_text("2 times")
    expect(notice(page)).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("d")
    expect(notice(page).get_by_role("heading", name="Softmax, step by step")).to_be_visible()
    page.reload()
    expect(notice(page)).to_be_visible()
    page.keyboard.press("l")
    expect(page.locator(".note")).to_contain_text("1 card is suspended.")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    expect(notice(page)).to_have_count(0)
    page.keyboard.press("u")  # the card is shown again
    expect(page.locator(".note")).to_contain_text("Taken back")
    page.keyboard.press("Space")
    page.wait_for_url(f"**/review/{card_id}/**")
    assert "schedules are what their events say" in server.manage("replay", "--check")


def test_by_keyboard_an_edit_is_suggested_and_the_session_goes_on(page: Page, server: Server) -> None:
    card_id = forget(page, server)
    fail_by_key(page, card_id)
    page.keyboard.press("e")
    page.wait_for_url(f"**/cards/{card_id}/suggest/**")
    page.locator("[name=prompt]").fill("What does softmax do, in one word?")
    page.locator("[name=reason]").fill("It asks for less.")
    page.get_by_role("button", name="Send the suggestion").click()
    expect(page.locator(".said")).to_contain_text("Thank you.")
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1100])
def test_without_javascript_it_is_said_and_suspended(
    new_context: Callable[..., BrowserContext], server: Server, width: int
) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": width, "height": 700}).new_page()
    card_id = forget(page, server)
    page.goto(f"/review/?card={card_id}")
    page.get_by_role("button", name="Show answer").click()
    page.get_by_role("button", name="Again").click()
    expect(notice(page)).to_contain_text("2 times")
    page.wait_for_load_state()
    for each in notice(page).locator("a[data-key], button").all():
        assert each.bounding_box()["height"] >= 43.5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Suspend it").click()
    expect(page.locator(".said")).to_contain_text("1 card is suspended.")
    expect(notice(page)).to_have_count(0)
    page.get_by_role("button", name="Undo suspend").click()
    expect(page.locator(".said")).to_contain_text("Taken back")
