"""What stands beside an answer, in a real browser by keyboard: one's own note, and what changed since."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, replied, sign_up

# A card that is graded, then edited, then due.
LEARN = """
from datetime import timedelta
from cards.actions.cards import edit_card
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.clock import now
from cards.models import Card, Learner
from cards.scheduling import Grade
learner = Learner.objects.get(username="{name}")
card = Card.objects.filter(deck__source_key="chapter5", parts=1).exclude(answer="").last()
def edit(answer, at):
    wording = Wording(card.prompt, answer, card.details)
    edit_card(card=card, wording=wording, base_number=card.revision_number, author=None, now=at)
if {is_changed}:
    day = timedelta(days=1)
    edit("The loss is a number.", now() - 9 * day)
    grade_card(learner=learner, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=now() - 8 * day)
    edit("The loss is one number.", now() - 7 * day)
print(card.pk)
"""


def prompt_of(page: Page, server: Server, *, is_changed: bool = False) -> int:
    """A new learner before a card's prompt. Returns its id."""
    learn = LEARN.format(name=sign_up(page), is_changed=is_changed)
    card_id = int(server.manage("shell", "-v0", "-c", learn).strip())
    page.goto(f"/review/?card={card_id}")
    return card_id


def show_answer(page: Page) -> None:
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Good")).to_be_focused()


def test_a_note_is_written_changed_and_deleted_by_keyboard(page: Page, server: Server) -> None:
    card_id = prompt_of(page, server)
    page.goto(f"/review/{card_id}/?n=0")
    box, note = page.get_by_label("My note", exact=True).last, page.get_by_role("region", name="My note")
    page.keyboard.press("n")
    expect(box).to_be_focused()
    page.keyboard.type("Mind the **sign**, and 1 2 3.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note).to_contain_text("Mind the sign, and 1 2 3.")
    expect(note.locator("strong")).to_have_text("sign")
    expect(page.locator("#note summary")).to_be_focused()
    page.reload()
    expect(note).to_be_visible()
    page.keyboard.press("n")
    expect(box).to_have_value("Mind the **sign**, and 1 2 3.")
    page.get_by_role("button", name="Delete it").click()
    expect(note).to_have_count(0)
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()


def test_what_changed_is_kept_by_a_grade(page: Page, server: Server) -> None:
    card_id = prompt_of(page, server, is_changed=True)
    changed = page.get_by_role("region", name="This answer changed since you learned it")
    expect(changed).to_have_count(0)
    show_answer(page)
    expect(changed.locator("ins")).to_have_text("one")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    replied(page)
    page.goto(f"/cards/{card_id}/")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(changed).to_have_count(0)


def test_what_changed_is_started_anew_and_that_is_undone_by_keyboard(page: Page, server: Server) -> None:
    prompt_of(page, server, is_changed=True)
    changed = page.get_by_role("region", name="This answer changed since you learned it")
    show_answer(page)
    expect(changed).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator(".note")).to_contain_text("1 card is new again.")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator(".note")).to_contain_text("Taken back")
    show_answer(page)
    expect(changed).to_be_visible()
    assert "schedules are what their events say" in server.manage("replay", "--check")


def test_what_was_typed_as_a_note_is_kept_by_the_grade(page: Page, server: Server) -> None:
    card_id = prompt_of(page, server)
    show_answer(page)
    page.keyboard.press("n")
    page.keyboard.type("Mind the sign, 1 2 3.")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    replied(page)
    page.goto(f"/cards/{card_id}/")
    expect(page.get_by_role("region", name="My note")).to_have_text("Mind the sign, 1 2 3.")


def test_it_is_kept_without_javascript_too(server: Server, new_context) -> None:
    page = new_context(java_script_enabled=False).new_page()
    card_id = prompt_of(page, server)
    page.get_by_role("button", name="Show answer").click()
    page.locator("#note summary").click()
    page.get_by_label("My note", exact=True).last.fill("Mind the sign.")
    page.get_by_role("button", name="Good").click()
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    page.goto(f"/cards/{card_id}/")
    expect(page.get_by_role("region", name="My note")).to_have_text("Mind the sign.")


def test_a_note_that_was_typed_is_kept_by_a_skip_and_by_an_undo(page: Page, server: Server) -> None:
    first = prompt_of(page, server)
    for key, text in (("s", "Skipped, and noted."), ("u", "Taken back from here.")):
        show_answer(page)
        page.keyboard.press("n")
        page.locator("#note textarea").fill(text)
        page.keyboard.press("Escape")
        page.keyboard.press(key)
        replied(page)
        expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    page.goto(f"/cards/{first}/")
    expect(page.locator("#note section")).to_have_text("Skipped, and noted.")
    told = "from cards.models import Note; print(Note.objects.filter(text='Taken back from here.').count())"
    assert server.manage("shell", "-v0", "-c", told).strip() == "1"
