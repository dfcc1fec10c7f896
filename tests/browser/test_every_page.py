"""A walk over every GET route: light and dark, 1280 and 320 px; axe under our own policy, no complaint in the console,
no report of the policy, no sideways scroll.

A route of the URLconf without a row fails `test_every_route_has_a_row`, and every row is walked.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, REPLACED, Server, sign_in, sign_up

pytestmark = pytest.mark.xdist_group("every_page")  # one process of the tests makes the world, and not each
AXE = Axe().axe_script

# For each route: the address of its page, filled in from `world` and looked at by a learner (by staff after @, by
# nobody in particular after -); or the status that a GET answers with instead of a page, and at which address.
POST_ONLY = "405"

ROWS: dict[str, str] = {
    "cards:home": "/",
    "cards:keys": "/keys/",
    "cards:review": "/review/",
    "cards:review_answer": "-/review/{card}/?n=0&typed=my+own+words",
    "cards:grade": POST_ONLY,
    "cards:undo": POST_ONLY,
    "cards:card_act": POST_ONLY,
    "cards:card_bulk": POST_ONLY,
    "cards:practice": "/practice/",
    "cards:search": "/search/?q=softmax",
    "cards:search_keep": POST_ONLY,
    "cards:search_edit": "/search/{search}/",
    "cards:search_delete": POST_ONLY,
    "cards:deck_list": "/decks/",
    "cards:deck_new": "/decks/new/",
    "cards:deck_detail": "/decks/{own_deck}/",
    "cards:deck_analysis": "/decks/{own_deck}/analysis/",
    "cards:deck_analysis_csv": "200 /decks/{own_deck}/analysis.csv",
    "cards:deck_edit": "/decks/{own_deck}/edit/",
    "cards:deck_limits": "/decks/{own_deck}/limits/",
    "cards:deck_archive": POST_ONLY,
    "cards:deck_study": POST_ONLY,
    "cards:card_new": "/decks/{own_deck}/new/",
    "cards:deck_give": "/decks/{own_deck}/give/",
    "cards:group_list": "/groups/",
    "cards:group_new": "/groups/new/",
    "cards:group_detail": "/groups/{group}/",
    "cards:group_edit": "/groups/{group}/edit/",
    "cards:group_archive": POST_ONLY,
    "cards:group_delete": "/groups/{group}/delete/",
    "cards:group_leave": "@/groups/{group}/leave/",
    "cards:group_progress": POST_ONLY,
    "cards:group_follow": "/groups/{group}/follow/",
    "cards:assignment_new": "/groups/{group}/assignments/new/",
    "cards:assignment_detail": "/assignments/{assignment}/",
    "cards:assignment_edit": "/assignments/{assignment}/edit/",
    "cards:assignment_end": POST_ONLY,
    "cards:member_list": "/groups/{group}/members/",
    "cards:member_edit": "/groups/{group}/members/{membership}/",
    "cards:member_act": "/groups/{group}/members/{membership}/ban/",
    "cards:invite_list": "/groups/{group}/invites/",
    "cards:invite_revoke": POST_ONLY,
    "cards:join": "/join/{invite}/",
    "cards:questionnaire": "/questionnaires/",
    "cards:questionnaire_read": POST_ONLY,
    "cards:questionnaire_make": POST_ONLY,
    "cards:card_preview": POST_ONLY,
    "cards:card_demo": POST_ONLY,
    "cards:card_detail": "/cards/{card}/",
    "cards:card_edit": "/cards/{own_card}/edit/",
    "cards:card_move": POST_ONLY,
    "cards:card_archive": POST_ONLY,
    "cards:suggest": "/cards/{card}/suggest/",
    "cards:suggest_removal": "/cards/{card}/suggest/removal/",
    "cards:suggest_card": "/decks/{deck}/suggest/",
    "cards:suggestion_list": "@/suggestions/",
    "cards:suggestion_list_decide": POST_ONLY,
    "cards:suggestion_detail": "@/suggestions/{suggestion}/",
    "cards:suggestion_withdraw": POST_ONLY,
    "cards:suggestion_comment": POST_ONLY,
    "cards:flag_list": "@/flags/",
    "cards:flag_list_close": POST_ONLY,
    "cards:flag": "/cards/{card}/flag/",
    "cards:flag_withdraw": POST_ONLY,
    "cards:discussion": "/groups/{group}/cards/{card}/discussion/",
    "cards:comment_edit": "/comments/{own_comment}/edit/",
    "cards:comment_delete": POST_ONLY,
    "cards:comment_report": "/comments/{comment}/report/",
    "cards:report_list": "/reports/",
    "cards:report_decide": POST_ONLY,
    "cards:note": "/cards/{card}/note/",
    "cards:picture_upload": POST_ONLY,
    "cards:picture": "404 -/pictures/00000000-0000-0000-0000-000000000000",
    "cards:demo_list": "/demos/",
    "cards:demo_detail": "/demos/softmax_table/?card={card}",
    "cards:demo_run_new": POST_ONLY,
    "cards:demo_run": "/demos/runs/{run}/",
    "cards:demo_run_cancel": POST_ONLY,
    "cards:demo_run_csv": "404 /demos/runs/{run}/99.csv",
    "cards:demo_run_picture": "404 /demos/runs/{run}/pictures/99.png",
    "cards:statistics": "/statistics/",
    "cards:statistics_csv": "200 /statistics/days.csv",
    "cards:deck_statistics": "/decks/{own_deck}/statistics/",
    "cards:deck_statistics_csv": "404 /decks/{own_deck}/statistics/nothing.csv",
    "cards:card_statistics": "/cards/{own_card}/statistics/",
    "cards:card_statistics_csv": "404 -/cards/{card}/statistics/history.csv",
    "cards:inbox": "/inbox/",
    "cards:inbox_read": POST_ONLY,
    "cards:notice_open": POST_ONLY,
    "cards:today_limits": "/today/",
    "cards:catch_up": "/catch-up/",
    "cards:digest_unsubscribe": "-/digest/unsubscribe/{digest}/",
    "cards:settings": "/settings/",
    "cards:my_data": "/settings/my-data/",
    "cards:my_data_zip": "200 /settings/my-data.zip",
    "cards:my_data_delete": "/settings/my-data/delete/",
    "cards:appearance": "-/appearance/",
    "cards:console_worker": "200 -/console/worker.js",
    "cards:healthz": "200 -/healthz",
    "cards:readyz": "200 -/readyz",
    "account_login": "-/accounts/login/",
    "account_logout": "/accounts/logout/",
    "account_inactive": "-/accounts/inactive/",
    "account_signup": "-/accounts/signup/",
    "account_reauthenticate": "/accounts/reauthenticate/",
    "account_email": "/accounts/email/",
    "account_email_verification_sent": "-/accounts/confirm-email/",
    "account_change_password": "/accounts/password/change/",
    "account_set_password": "302 /accounts/password/set/",  # to changing it: our accounts have one
    "account_reset_password": "-/accounts/password/reset/",
    "account_reset_password_done": "-/accounts/password/reset/done/",
    "account_reset_password_from_key": "-/accounts/password/reset/key/{reset_key}/",
    "account_reset_password_from_key_done": "-/accounts/password/reset/key/done/",
    "account_confirm_email": "-/accounts/confirm-email/{email_key}/",
    "account_confirm_login_code": "302 -/accounts/login/code/confirm/",  # no sign-in by code here
    "admin:index": "@/admin/",
    "admin:login": "302 -/admin/login/",  # to the site's own door
    "admin:logout": "405 @/admin/logout/",
    "admin:password_change": "302 @/admin/password_change/",  # to the account's page
    "admin:password_change_done": "@/admin/password_change/done/",
    "admin:autocomplete": "403 @/admin/autocomplete/",
    "admin:jsi18n": "200 @/admin/jsi18n/",
    "admin:view_on_site": "302 @/admin/r/{card_type}/{card}/",
    "admin:app_list": "@/admin/cards/",
    "admin:<(?P<url>.*)$>": "404 @/admin/nowhere/",
    "admin:<<path:object_id>/>": "302 @/admin/cards/card/{card}/",
    "admin:cards_card_changelist": "@/admin/cards/card/",
    "admin:cards_card_add": "403 @/admin/cards/card/add/",
    "admin:cards_card_change": "@/admin/cards/card/{card}/change/",
    "admin:cards_card_history": "@/admin/cards/card/{card}/history/",
    "admin:cards_card_delete": "403 @/admin/cards/card/{card}/delete/",
    "admin:cards_deck_changelist": "@/admin/cards/deck/",
    "admin:cards_deck_add": "@/admin/cards/deck/add/",
    "admin:cards_deck_change": "@/admin/cards/deck/{deck}/change/",
    "admin:cards_deck_history": "@/admin/cards/deck/{deck}/history/",
    "admin:cards_deck_delete": "403 @/admin/cards/deck/{deck}/delete/",
    "admin:cards_flag_changelist": "@/admin/cards/flag/",
    "admin:cards_flag_add": "403 @/admin/cards/flag/add/",
    "admin:cards_flag_change": "@/admin/cards/flag/{flag}/change/",
    "admin:cards_flag_history": "@/admin/cards/flag/{flag}/history/",
    "admin:cards_flag_delete": "403 @/admin/cards/flag/{flag}/delete/",
    "admin:cards_learner_changelist": "@/admin/cards/learner/",
    "admin:cards_learner_add": "403 @/admin/cards/learner/add/",
    "admin:cards_learner_change": "@/admin/cards/learner/{learner}/change/",
    "admin:cards_learner_history": "@/admin/cards/learner/{learner}/history/",
    "admin:auth_user_password_change": "@/admin/cards/learner/{learner}/password/",  # so named by Django
    "admin:cards_learner_delete": "@/admin/cards/learner/{learner}/delete/",
    "admin:cards_suggestion_changelist": "@/admin/cards/suggestion/",
    "admin:cards_suggestion_add": "403 @/admin/cards/suggestion/add/",
    "admin:cards_suggestion_change": "302 @/admin/cards/suggestion/{suggestion}/change/",  # to the site's own page
    "admin:cards_suggestion_history": "@/admin/cards/suggestion/{suggestion}/history/",
    "admin:cards_suggestion_delete": "403 @/admin/cards/suggestion/{suggestion}/delete/",
}
PAGES = {name: row for name, row in ROWS.items() if row[0] in "/@-"}
ANSWERS = {name: row for name, row in ROWS.items() if name not in PAGES and row != POST_ONLY}

NOTES = """Chapter 4

What is a tensor?

An array of numbers with any number of dimensions.

Why do we normalise?

Explain broadcasting.

Smaller shapes are stretched, without copying.
"""

# What a walker needs, and no page tells: ids, and keys that are otherwise sent by mail.
LOOK_UP = """
import json
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib.contenttypes.models import ContentType
from cards.actions.digests import token_of
from cards.actions.assignments import set_assignment
from cards.actions.discussions import delete_comment, report_comment, write_comment
from cards.actions.groups import follow_deck, make_group
from cards.actions.invites import join_group, make_invite
from cards.clock import now
from cards.models import *
me = Learner.objects.get(username={name!r})
address = EmailAddress.objects.get(user=me)
own = Card.objects.filter(deck__owner=me).first()
card = Card.objects.get(deck__source_key="chapter5", key="bear-softmax")
mine = StudyGroup.objects.get(memberships__learner=me)
admin = Learner.objects.filter(is_superuser=True).latest("pk")
join_group(token=mine.invites.get().token, learner=admin, shows_progress=True, now=now())
their = Membership.objects.get(group=mine, learner=admin)
follow_deck(group=mine, deck=card.deck, by=me, now=now())
assignment = set_assignment(
    group=mine, by=me, deck=card.deck, tags=card.wording.tags[:1], due_on=me.study_day(now()), now=now()
)
other = make_group(owner=admin, name="Elsewhere", description="*Others* read too.", now=now())
elsewhere = make_invite(group=other, by=admin, role="member", days=7, now=now())
def say(who, text):
    return write_comment(group=mine, card=card, author=who, text=text, now=now())
own_comment = say(me, "Is it **so**? `exp(88)`")
comment = say(admin, "| a | b |\\n| - | - |\\n| 1 | 2 |")
report_comment(comment=comment, learner=me, reason="To be looked at.", now=now())
delete_comment(comment=say(admin, "No."), by=me, now=now())
print(json.dumps(dict(
    own_comment=own_comment.pk, comment=comment.pk,
    learner=me.pk, own_deck=own.deck_id, own_card=own.pk, card=card.pk, deck=card.deck_id,
    run=str(DemoRun.objects.get(learner=me).pk), search=SavedSearch.objects.get(learner=me).pk,
    flag=Flag.objects.get(learner=me).pk, suggestion=Suggestion.objects.get(proposer=me).pk,
    reset_key=user_pk_to_url_str(me) + "-" + default_token_generator.make_token(me),
    email_key=EmailConfirmationHMAC(address).key, digest=token_of(me),
    group=mine.pk, membership=their.pk, invite=elsewhere.token, assignment=assignment.pk,
    card_type=ContentType.objects.get_for_model(Card).pk,
)))
"""

EDIT = """
from cards.actions.cards import edit_card
from cards.cardtext import Wording
from cards.clock import now
from cards.models import Card
card = Card.objects.get(pk={card})
wording = Wording(card.prompt, card.answer + " And more.", card.details)
edit_card(card=card, wording=wording, base_number=card.revision_number, author=None, now=now())
"""


@dataclass
class World:
    """Three people's pages, what fills the rows, and what the pages complained of."""

    pages: dict[str, Page]
    names: dict[str, object] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def at(self, name: str, row: str) -> tuple[Page, str]:
        """Whose page, and the address: it is the named route's."""
        who = row[0] if row[0] in "@-" else ""
        address = row.removeprefix(who).format(**self.names)
        found = resolve(address.partition("?")[0])
        assert found.view_name == name or not found.url_name
        return self.pages[who], address

    def unexpected(self) -> list[str]:
        """What the pages complained of, but for an answer that was asked for: a refused form, an absent page."""
        return [said for said in self.complaints if "the server responded with a status of 4" not in said]


@pytest.fixture(scope="module")
def world(server: Server, browser: Browser) -> Iterator[World]:
    """A learner with a deck from a questionnaire, a flag, a suggestion and some reviews; an admin; and a stranger."""
    contexts = [browser.new_context(base_url=server.url) for _ in range(3)]
    world = World(dict(zip(("", "@", "-"), (context.new_page() for context in contexts), strict=True)))
    for page in world.pages.values():
        page.set_default_timeout(PATIENCE)
        page.on(
            "console",
            lambda said: (
                said.type in {"error", "warning"}
                and not said.text.startswith(REPLACED)
                and world.complaints.append(said.text)
            ),
        )
        page.on("pageerror", lambda error: world.complaints.append(str(error)))
    sign_in(world.pages["@"], server.make_admin())
    me = world.pages[""]
    name = sign_up(me)
    _read_questionnaire(me)
    me.get_by_role("button", name="Make the deck").click()
    me.goto("/review/")
    for key in ("1", "3"):
        me.keyboard.press("Space")
        expect(me.get_by_role("button", name="Good")).to_be_focused()
        me.keyboard.press(key)
        expect(me.get_by_role("button", name="Show answer")).to_be_focused()
    me.goto("/decks/")
    me.get_by_role("link", name="fast.ai chapter 5").first.click()
    me.get_by_role("link", name="Three activations leave").click()
    card = me.url
    me.goto(f"{card}flag/")
    me.locator("main form button").first.click()
    me.goto(f"{card}suggest/")
    me.locator("[name=answer]").fill("Another answer.")
    me.locator("[name=reason]").fill("A walker wants to look at it.")
    me.get_by_role("button", name="Send the suggestion").click()
    me.goto("/search/?q=softmax+-is:due")
    me.get_by_text("Keep this search", exact=True).click()
    me.get_by_label("Keep this search as").fill("Softmax")
    me.get_by_role("button", name="Keep it").click()
    me.goto("/groups/new/")
    me.get_by_label("Name").fill("Readers")
    me.get_by_role("button", name="Make the group").click()
    me.get_by_role("link", name="Follow a public deck").click()
    me.get_by_role("button", name="Follow").first.click()
    me.goto("/groups/")
    me.get_by_role("link", name="Readers").click()
    me.get_by_role("link", name="Invite").click()
    me.get_by_role("button", name="Make the invite").click()
    me.goto("/demos/softmax_table/")
    me.get_by_role("button", name="Run").click()
    printed = server.manage("shell", "-v0", "-c", LOOK_UP.format(name=name))
    world.names = json.loads(printed.strip().splitlines()[-1])
    world.complaints.clear()
    yield world
    for context in contexts:
        context.close()


def _read_questionnaire(page: Page) -> None:
    page.goto("/questionnaires/")
    page.locator("[name=text]").fill(NOTES)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="What was read")).to_be_visible()


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each route's name, with its namespace, and its pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern.url_patterns, namespace)
        else:
            yield (
                f"{prefix}{pattern.name}" if pattern.name else f"{prefix}<{pattern.pattern}>",
                str(pattern.pattern),
            )


def test_every_route_has_a_row() -> None:
    known = {name for name, _ in routes(get_resolver().url_patterns)}
    assert known - ROWS.keys() == set(), "routes without a row"
    assert ROWS.keys() - known == set(), "rows without a route"


def complaints_of(page: Page) -> list[str]:
    """What axe and the layout have against the page as it stands."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):  # it is half a megabyte, and stays as long as the page
        page.evaluate(AXE)
    violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    found = [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:4]}"
        for violation in violations
    ]
    width, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if width > room:
        found.append(f"scrolls sideways: {width} px in {room}")
    return found


VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 320)]


def look_at(page: Page) -> list[str]:
    """The page as it stands, in both schemes and widths."""
    found = []
    for scheme, width in VIEWS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{scheme} {width}: {complaint}" for complaint in complaints_of(page)]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_right_in_both_schemes_and_widths(world: World, name: str) -> None:
    world.complaints.clear()
    page, address = world.at(name, ROWS[name])
    response = page.goto(address)
    assert response is not None
    assert response.status == 200
    assert look_at(page) + world.complaints == []


def test_pages_that_answer_a_post_are_right_too(world: World) -> None:
    """What was read of a questionnaire; the finish screen; a form that was refused; what is not there."""
    me = world.pages[""]
    world.complaints.clear()
    found: list[str] = []
    _read_questionnaire(me)
    found += look_at(me)
    me.goto('/review/?practise="what is a tensor"')
    me.keyboard.press("Space")
    expect(me.get_by_role("button", name="Good")).to_be_focused()
    me.keyboard.press("3")
    expect(me.get_by_role("heading", name="That was the last of 1.")).to_be_visible()
    found += look_at(me)
    me.goto(f"/decks/{world.names['own_deck']}/new/")
    me.locator("[name=details]").fill("colour: red")
    me.get_by_role("button", name="Save").first.click()
    expect(me.locator("[aria-invalid=true]").first).to_be_visible()
    found += look_at(me)
    me.goto("/nowhere/")
    expect(me.get_by_role("heading", name="There is nothing here.")).to_be_visible()
    assert found + look_at(me) + world.unexpected() == []


def test_a_search_that_is_refused_or_finds_nothing_is_right_too(world: World) -> None:
    me = world.pages[""]
    world.complaints.clear()
    me.goto("/search/?q=is:suspend")
    expect(me.locator("[aria-invalid=true]")).to_be_visible()
    found = look_at(me)
    me.goto("/search/?q=nothing+softmax")
    expect(me.get_by_text("No card fits.")).to_be_visible()
    assert found + look_at(me) + world.unexpected() == []


def test_what_the_admin_answers_to_a_post_is_right_too(world: World, server: Server) -> None:
    """A refused edit and a stale one, with what it does to a suggestion; a list that is empty; the last word before
    learners are deleted."""
    admin = world.pages["@"]
    world.complaints.clear()
    admin.goto("/admin/cards/card/{card}/change/".format(**world.names))
    admin.get_by_label("Details").fill("colour: red")
    admin.get_by_label("Reason").fill("Shorter.")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator("[aria-invalid=true]").first).to_be_visible()
    found = look_at(admin)
    server.manage("shell", "-v0", "-c", EDIT.format(**world.names))
    admin.get_by_label("Details").fill("tags: softmax")
    admin.get_by_role("button", name="Save").click()
    expect(admin.locator("[data-conflict]")).to_be_visible()
    found += look_at(admin)
    admin.goto("/suggestions/{suggestion}/".format(**world.names))
    expect(admin.locator("[data-conflict]")).to_be_visible()
    found += look_at(admin)
    admin.goto("/admin/cards/card/?answer=needed&q=nothing+reads+so")
    expect(admin.get_by_text("There is nothing here that fits.")).to_be_visible()
    found += look_at(admin)
    admin.goto("/admin/cards/learner/")
    admin.locator("tbody tr", has_text="learner-").first.get_by_role("checkbox").check()
    expect(admin.locator(".action-counter")).to_contain_text("1 of")
    found += look_at(admin)
    admin.get_by_role("button", name="Delete selected learners").click()
    expect(admin.get_by_role("button", name="Delete for good")).to_be_visible()
    assert found + look_at(admin) + world.unexpected() == []


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row == POST_ONLY])
def test_what_answers_to_a_post_alone_says_so(world: World, name: str) -> None:
    for arguments in ([], [1], [UUID(int=1)]):
        with suppress(NoReverseMatch):
            path = reverse(name, args=arguments)
    assert world.pages["@"].request.get(path).status == 405


@pytest.mark.parametrize("name", ANSWERS)
def test_what_has_no_page_answers_as_its_row_says(world: World, name: str) -> None:
    status, row = ANSWERS[name].split()
    page, address = world.at(name, row)
    assert page.request.get(address, max_redirects=0).status == int(status)
