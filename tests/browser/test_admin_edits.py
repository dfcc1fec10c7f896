"""Admins and learners at one card: an edit is seen, a suggestion is answered, and nothing is overwritten unseen.

Each test has a deck of its own, of one card, which its learner studies alone; and each person a browser of their own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server, replied, sign_in, sign_up
from tests.browser.test_own_deck import study_nothing_else

PROMPT = "What does softmax do?"
ANSWER = "It makes positive numbers.\n\nThey are probabilities."

MAKE_DECK = f"""
from cards.actions.cards import make_card
from cards.actions.decks import make_site_deck
from cards.cardtext import Wording
from cards.clock import now
deck = make_site_deck(name="Losses", description="", is_public=True, is_starter=False, now=now())
card = make_card(deck=deck, wording=Wording({PROMPT!r}, {ANSWER!r}, ""), author=None, now=now())
print(deck.pk, card.pk)
"""

# All that is known of how a learner knows a card: the events, and the row that follows from them.
STUDIED = """
import json
from cards.models import Schedule, StudyEvent
own = dict(learner__username={name!r}, card={card})
rows = [list(model.objects.filter(**own).order_by("pk").values()) for model in (StudyEvent, Schedule)]
print(json.dumps(rows, default=str))
"""


@dataclass
class Shared:
    """A public deck of one card."""

    deck: int
    card: int

    @property
    def page(self) -> str:
        return f"/cards/{self.card}/"

    @property
    def editor(self) -> str:
        return f"/admin/cards/card/{self.card}/change/"


@pytest.fixture
def shared(server: Server) -> Shared:
    printed = server.manage("shell", "-v0", "-c", MAKE_DECK)
    return Shared(*map(int, printed.split()[-2:]))


@pytest.fixture
def learner(new_context: Callable[..., BrowserContext], shared: Shared) -> tuple[Page, str]:
    """Somebody who studies that deck alone; and their name."""
    page = new_context().new_page()
    name = sign_up(page)
    study_nothing_else(page)
    page.goto(f"/decks/{shared.deck}/")
    page.get_by_role("button", name="Study this deck").click()
    expect(page.get_by_role("button", name="Stop studying it")).to_be_visible()
    return page, name


@pytest.fixture
def new_admin(new_context: Callable[..., BrowserContext], server: Server) -> Callable[[], tuple[Page, str]]:
    """Makes an admin who is signed in; and their name."""

    def new_admin() -> tuple[Page, str]:
        page = new_context().new_page()
        name = server.make_admin()
        sign_in(page, name)
        return page, name

    return new_admin


def save(page: Page, *, answer: str, reason: str) -> None:
    """In the admin's editor, which is open."""
    expect(page.get_by_label("Answer")).not_to_have_value("")
    page.get_by_label("Answer").fill(answer)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Save").click()


def test_an_admins_edit_reaches_the_review_and_the_history_and_no_schedule(
    server: Server, shared: Shared, learner: tuple[Page, str], new_admin: Callable[[], tuple[Page, str]]
) -> None:
    me, name = learner
    me.goto("/review/")
    me.keyboard.press("Space")
    expect(me.get_by_role("button", name="Good")).to_be_focused()
    me.keyboard.press("1")  # so that it comes again today
    expect(me.get_by_role("button", name="Show answer")).to_be_focused()
    replied(me)
    studied = server.manage("shell", "-v0", "-c", STUDIED.format(name=name, card=shared.card))
    assert [len(rows) for rows in json.loads(studied.splitlines()[-1])] == [1, 1]

    admin, editor = new_admin()
    admin.goto("/admin/")
    admin.get_by_role("link", name="Cards", exact=True).click()
    admin.get_by_label("Search cards").fill("softmax do")
    admin.get_by_role("button", name="Search").click()
    admin.locator(f"a[href^='{shared.editor}']").click()
    expect(admin.get_by_label("Answer")).to_have_value(ANSWER)
    admin.wait_for_load_state()  # the whole page has come
    admin.get_by_label("Answer").fill("It makes positive numbers.\n\nThey **sum to** $1$.")
    expect(admin.locator("#preview strong")).to_have_text("sum to")
    expect(admin.locator("#preview math")).to_be_visible()
    preview = admin.locator("#preview .answer").inner_html()
    admin.get_by_label("Reason").fill("Says what makes them probabilities.")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator(".said")).to_have_text("Saved as revision 2.")

    me.keyboard.press("Space")  # the prompt that stood there all along
    expect(me.locator(".answer")).to_contain_text("They sum to")
    assert me.locator(".answer").inner_html().strip() == preview.strip()
    assert server.manage("shell", "-v0", "-c", STUDIED.format(name=name, card=shared.card)) == studied
    assert "schedules are what their events say" in server.manage("replay", "--check")

    me.get_by_role("link", name="History").click()
    newest = me.locator("ol.history > li").first
    expect(newest).to_contain_text(f"Edited by {editor}")
    expect(newest).to_contain_text("Says what makes them probabilities.")
    expect(newest.locator("del")).to_have_text("are probabilities")
    expect(newest.locator("ins")).to_have_text("**sum to** $1$")
    said = newest.locator("time").get_attribute("datetime")
    assert said is not None
    assert server.clock is not None
    assert datetime.fromisoformat(said) == server.clock.now


def test_a_suggestion_and_a_flag_by_key_are_amended_accepted_and_answered(
    shared: Shared, learner: tuple[Page, str], new_admin: Callable[[], tuple[Page, str]]
) -> None:
    me, name = learner
    me.goto("/review/")
    me.keyboard.press("Space")
    expect(me.get_by_role("button", name="Good")).to_be_focused()
    me.keyboard.press("f")
    expect(me.get_by_text("Flagged as wrong")).to_be_visible()
    me.keyboard.press("e")
    expect(me.get_by_role("heading", name="Suggest a better wording")).to_be_visible()
    me.wait_for_load_state()
    me.get_by_label("Answer").fill("It makes positive numbers that summ to 1.")
    expect(me.locator("#preview .answer")).to_have_text("It makes positive numbers that summ to 1.")
    me.get_by_label("Why is this better?").fill("The sum is the point of it.")
    me.get_by_role("button", name="Send the suggestion").click()
    expect(me.locator(".said")).to_contain_text("Your suggestion waits")
    expect(
        me.get_by_role("button", name="Good")
    ).to_be_visible()  # back at the answer, which is still to be graded

    admin, editor = new_admin()
    admin.goto("/admin/")
    admin.get_by_role("link", name="open flag").click()
    expect(admin.locator("#result_list tr", has_text=name)).to_contain_text("wrong")
    admin.goto("/admin/")
    admin.get_by_role("link", name="open suggestion").click()
    admin.locator("#result_list tr", has_text=name).get_by_role("link", name=PROMPT).click()
    admin.wait_for_load_state()
    expect(admin.locator(".reason")).to_have_text("The sum is the point of it.")
    expect(admin.locator(".texts-changed ins").first).to_contain_text("that summ to 1")
    admin.get_by_text("Amend it first").click()
    admin.get_by_label("Answer").fill("It makes positive numbers that sum to 1.")
    expect(admin.locator("#preview .answer")).to_have_text("It makes positive numbers that sum to 1.")
    admin.get_by_label("A word to the proposer").fill("Well put; one letter less.")
    admin.get_by_role("button", name="Accept").click()
    expect(admin.locator(".said")).to_contain_text("names you both")
    admin.goto(shared.editor)
    admin.get_by_role("button", name="Close this flag").click()
    expect(admin.locator(".said")).to_have_text("1 flag closed.")

    me.goto(shared.page)
    expect(me.locator(".answer")).to_have_text("It makes positive numbers that sum to 1.")
    expect(me.get_by_text("Accepted", exact=True)).to_be_visible()
    expect(me.get_by_text("Well put; one letter less.")).to_be_visible()
    expect(me.get_by_text("Flagged as wrong")).to_have_count(0)
    newest = me.locator("ol.history > li").first
    expect(newest).to_contain_text(f"Accepted suggestion by {editor} with {name}")
    expect(newest).to_contain_text("The sum is the point of it.")


def test_of_two_admins_the_second_sees_both_edits_and_overwrites_nothing(
    shared: Shared, new_admin: Callable[[], tuple[Page, str]], new_context: Callable[..., BrowserContext]
) -> None:
    (one, first), (two, second) = new_admin(), new_admin()
    for page in (one, two):
        page.goto(shared.editor)
    save(
        one, answer="It makes positive numbers, by exp.\n\nThey are probabilities.", reason="How it does so."
    )
    expect(one.locator(".said")).to_have_text("Saved as revision 2.")

    mine = "It makes positive numbers.\n\nThey sum to 1."
    # The preview posts, too.
    with two.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/change/")
    ) as answer:
        save(two, answer=mine, reason="What they sum to.")
    assert answer.value.status == 409
    expect(two.get_by_role("alert")).to_contain_text("The card was changed since you opened it.")
    two.wait_for_load_state()
    conflict = two.locator("[data-conflict]")
    expect(conflict).to_contain_text(f"Edited by {first}: How it does so.")
    theirs, own = conflict.locator(".texts-changed").all()
    assert [theirs.locator("del").count(), theirs.locator("ins").all_inner_texts()] == [0, [", by exp"]]
    assert [own.locator("del").all_inner_texts(), own.locator("ins").all_inner_texts()] == [
        ["are probabilities"], ["sum to 1"],
    ]  # fmt: skip
    assert conflict.locator(".hunks dt").all_inner_texts() == ["They", "Nobody changed", "You"]
    expect(two.get_by_label("Answer")).to_have_value(mine)  # not lost
    expect(two.get_by_label("Reason")).to_have_value("What they sum to.")

    reader = new_context().new_page()
    reader.goto(shared.page)
    expect(reader.locator(".answer")).to_contain_text("by exp")
    expect(reader.locator("ol.history > li")).to_have_count(2)

    two.get_by_role("button", name="Put both changes into the form").click()
    both = "It makes positive numbers, by exp.\n\nThey sum to 1."
    expect(two.get_by_label("Answer")).to_have_value(both)
    two.get_by_role("button", name="Save").click()
    expect(two.locator(".said")).to_have_text("Saved as revision 3.")
    reader.reload()
    newest = reader.locator("ol.history > li").first
    expect(newest).to_contain_text(f"Edited by {second}")
    expect(newest.locator("ins")).to_have_text("sum to 1")
    expect(reader.locator(".answer")).to_contain_text("by exp")
    expect(reader.locator(".answer")).to_contain_text("They sum to 1.")
    assert all("409" in complaint for complaint in new_context.complaints)
    new_context.complaints.clear()  # a stale edit is what was asked for


def test_the_queue_is_narrowed_down_in_place_and_several_are_accepted(
    shared: Shared, learner: tuple[Page, str], new_admin: Callable[[], tuple[Page, str]]
) -> None:
    me, _ = learner
    for prompt in ("What is a logit?", "What is a loss?"):
        me.goto(f"/decks/{shared.deck}/")
        me.get_by_role("link", name="Suggest a card").click()
        me.get_by_label("Prompt").fill(prompt)
        me.get_by_label("Why does the deck need it?").fill("It is asked in the book.")
        me.get_by_role("button", name="Send the suggestion").click()
        expect(me.locator(".said")).to_contain_text("Your suggestion waits")
    admin, _ = new_admin()
    admin.goto(f"/suggestions/?deck={shared.deck}")
    expect(admin.get_by_role("status").first).to_have_text("2 are open")
    admin.get_by_label("Kind").focus()
    admin.get_by_label("Kind").select_option("removal")
    expect(admin.get_by_text("Nothing waits for you.")).to_be_visible()
    expect(admin.get_by_label("Kind")).to_be_focused()
    admin.get_by_label("Kind").select_option("new")
    for number in (1, 2):
        admin.get_by_label(f"Choose suggestion {number}").check()
    admin.get_by_role("button", name="Accept as proposed").click()
    expect(admin.locator(".said")).to_have_text("2 accepted.")
    me.goto("/inbox/")
    expect(me.get_by_role("button", name="What is a logit?")).to_be_visible()
    me.goto(f"/decks/{shared.deck}/")
    expect(me.get_by_role("link", name="What is a loss?")).to_be_visible()
