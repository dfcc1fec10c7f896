"""Three people in three browsers correct a card together, and the one who learnt it hears of it: with JavaScript, and
without: a group, its invites, a review, a flag, a suggestion that is amended and accepted, the card started anew.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server, replied, sign_up


def invited(owner: Page, group: str, role: str) -> str:
    """The address of a new invite."""
    owner.goto(f"{group}invites/")
    owner.get_by_label(re.compile(role)).check()
    owner.get_by_role("button", name="Make the invite").click()
    return (
        owner.get_by_role("textbox", name="The link")
        .or_(owner.locator("input[readonly]"))
        .first.input_value()
    )


def join(page: Page, invite: str, name: str) -> None:
    """Signed out one is led to sign in; whoever signs up there is back at the invite."""
    page.goto(invite)
    assert "/accounts/login/" in page.url
    sign_up(page, name)
    page.goto(invite)
    page.get_by_role("button", name="Join Readers").click()
    expect(page.get_by_role("heading", name="Readers")).to_be_visible()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_group_corrects_a_card_together(
    server: Server, new_context: Callable[..., BrowserContext], java_script_enabled: bool
) -> None:
    ada, eve, bob = (new_context(java_script_enabled=java_script_enabled).new_page() for _ in range(3))
    assert server.clock is not None
    sign_up(ada)
    ada.goto("/groups/new/")
    ada.get_by_label("Name").fill("Readers")
    ada.get_by_role("button", name="Make").click()
    group = ada.url
    ada.get_by_role("link", name="New deck").click()
    ada.get_by_label("Name").fill("Losses")
    ada.get_by_role("button", name="Make the deck").click()
    ada.get_by_role("link", name="Write a card").click()
    ada.get_by_label("Prompt").fill("What does softmax give?")
    ada.get_by_label("Answer").fill("Numbers.")
    ada.get_by_role("button", name="Save", exact=True).click()
    ada.get_by_role("link", name="What does softmax give?").click()
    card = ada.url
    number = re.search(r"/cards/(\d+)/", card)[1]  # type: ignore[index]
    suffix = "a" if java_script_enabled else "b"
    editor, member = f"eve-{suffix}-{number}", f"bob-{suffix}-{number}"
    join(eve, invited(ada, group, "editor"), editor)
    join(bob, invited(ada, group, "member"), member)

    bob.goto(f"/review/?card={number}")
    expect(bob.locator(".prompt")).to_have_text("What does softmax give?")
    bob.get_by_role("button", name="Show answer").click()
    bob.get_by_role("button", name="Flag").click()
    expect(
        bob.get_by_text("You flagged this card." if not java_script_enabled else "Flagged as wrong")
    ).to_be_visible()
    bob.goto(f"{card}suggest/?next=/review/%3Fcard={number}")
    bob.get_by_label("Answer").fill("Positive numbers that summ to 1.")
    bob.get_by_label("Why is this better?").fill("The sum is the point of it.")
    bob.get_by_role("button", name="Send the suggestion").click()
    bob.get_by_role("button", name="Show answer").click()
    bob.get_by_role("button", name="Good").click()
    expect(bob.get_by_text("What does softmax give?")).to_have_count(0)
    replied(bob)

    server.clock.set(server.clock.now + timedelta(minutes=1))
    eve.goto("/suggestions/")
    eve.get_by_role("link", name=re.compile("What does softmax give")).first.click()
    eve.get_by_text("Amend it first").click()
    eve.get_by_label("Answer").fill("Positive numbers that sum to 1.")
    eve.get_by_label("A word to the proposer").fill("One letter less.")
    eve.get_by_role("button", name="Accept").click()
    expect(eve.locator(".said")).to_contain_text("names you both")
    eve.goto("/flags/")
    eve.get_by_role("button", name="Close").first.click()
    expect(eve.locator(".said")).to_contain_text("1 flag closed.")

    bob.goto("/inbox/")
    bob.get_by_role("button", name=re.compile("accepted")).click()
    expect(bob.get_by_text("One letter less.")).to_be_visible()
    bob.goto(card)
    changed = bob.get_by_role("region", name="This answer changed since you learned it")
    expect(changed.locator("ins").first).to_be_visible()
    newest = bob.locator("ol.history > li").first
    expect(newest).to_contain_text(f"by {editor} with {member}")
    changed.get_by_role("button", name="Start it anew").click()
    bob.goto(card)
    expect(changed).to_have_count(0)
    expect(bob.get_by_text(re.compile("New|not learnt", re.IGNORECASE)).first).to_be_visible()
