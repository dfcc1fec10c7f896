"""Who gets what: every address, asked by everybody there is about a study group's things, by GET, by POST, by htmx.

Each row says who may; to all others the address is absent. Whatever answer somebody gets who is not in the group, no
word of the group's is in it. An address without a row fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from PIL import Image

from cards.actions.assignments import set_assignment
from cards.actions.cards import edit_card, make_card
from cards.actions.demo_runs import request_run
from cards.actions.discussions import report_comment, write_comment
from cards.actions.invites import make_invite
from cards.actions.learners import guest_for
from cards.actions.pictures import store_picture
from cards.actions.search import save_search
from cards.actions.study import grade_card
from cards.actions.suggestions import flag_card, suggest_wording
from cards.cardtext import Wording
from cards.demos.registry import demo
from cards.http import GUEST_ID
from cards.models import (
    Card,
    Deck,
    Enrolment,
    Flag,
    Learner,
    Membership,
    Notice,
    Role,
    StudyGroup,
    Suggestion,
)
from cards.scheduling import Grade
from tests.conftest import START, make_learner

IN_GROUP = ("viewer", "member", "editor", "owner")
SIGNED_IN = ("stranger", *IN_GROUP, "staff")
KNOWN = ("guest", *SIGNED_IN)
EVERYBODY = ("anonymous", *KNOWN)
READERS = (*IN_GROUP, "staff")
CORRECTORS = ("member", "editor", "owner")
EDITORS = ("editor", "owner")
OWNER = ("owner",)
REPORTERS = ("viewer", "editor", "owner", "staff")  # of what the member said
NOBODY: tuple[str, ...] = ()
OUTSIDE = ("anonymous", "guest", "stranger")
SECRET = "Xyzzy"  # in every text of the group's
ASKED = "xyzzy"  # finds it

Expected = dict[str, int]


def only(who: tuple[str, ...], status: int = 200, otherwise: int = 404) -> Expected:
    """That status for them, absent for the others."""
    return {role: status if role in who else otherwise for role in EVERYBODY}


READ_ONLY = only(NOBODY, otherwise=405)  # whoever POSTs there
POST_ONLY = READ_ONLY  # whoever GETs there


@dataclass(frozen=True)
class Row:
    """What is asked, and each one's answer. htmx asks by POST; where it is answered otherwise, that is said."""

    get: Expected
    post: Expected = field(default_factory=lambda: READ_ONLY)
    htmx: Expected | None = None
    args: tuple[str, ...] = ()
    query: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()  # who is not in the group, and reads of it all the same


ALL_READ = Row(only(EVERYBODY))
WORDING = {"prompt": "Why?", "answer": "So.", "details": "", "base_number": 1, "reason": "because"}
DECK, CARD, GROUP, RUN = ("deck",), ("card",), ("group",), ("run",)
TO_SIGN_IN = 302

ROWS: dict[str, Row] = {
    "home": ALL_READ,
    "keys": ALL_READ,
    "review": ALL_READ,
    "review_answer": Row(only(READERS), only(READERS), args=CARD, query={"n": 0}, data={"n": 0}),
    "grade": Row(
        POST_ONLY,
        only(READERS, 302),
        only(READERS, 200),
        data={"card": "card", "part": 0, "n": 0, "grade": 3},
    ),
    "card_act": Row(
        POST_ONLY, only(READERS, 302), only(READERS, 200), data={"cards": "card", "act": "suspend"}
    ),
    "undo": Row(POST_ONLY, only(NOBODY), data={"act": "event:00000000-0000-0000-0000-000000000000"}),
    "practice": ALL_READ,
    "search": Row(only(EVERYBODY), query={"q": ASKED}),
    "search_keep": Row(POST_ONLY, only(EVERYBODY, 302), data={"query": ASKED, "name": "Found"}),
    "search_edit": Row(
        only(("member",)), only(("member",), 302), args=("search",), data={"query": "tag:a", "name": "Else"}
    ),
    "search_delete": Row(POST_ONLY, only(("member",), 302), args=("search",)),
    "deck_list": ALL_READ,
    "deck_new": Row(only(EVERYBODY), only(EVERYBODY, 302), data={"name": "Mine"}),
    "deck_detail": Row(only(READERS), args=DECK),
    "deck_edit": Row(only(EDITORS), only(EDITORS, 302), args=DECK, data={"name": "Ours"}),
    "deck_archive": Row(POST_ONLY, only(EDITORS, 302), args=DECK, data={"to": "archive"}),
    "deck_study": Row(POST_ONLY, only(IN_GROUP, 302), args=DECK, data={"to": "study"}),
    "deck_limits": Row(only(("member",)), only(("member",), 302), args=DECK, data={"new_per_day": 5}),
    "card_new": Row(only(EDITORS), only(EDITORS, 302), args=DECK, data={**WORDING, "act": "save"}),
    "questionnaire": Row(only(EVERYBODY), READ_ONLY),
    "questionnaire_read": Row(POST_ONLY, only(EVERYBODY), data={"text": "Why?\n\nSo."}),
    "questionnaire_make": Row(POST_ONLY, only(EVERYBODY, 422)),
    "card_preview": Row(POST_ONLY, only(EVERYBODY), data=WORDING),
    "card_detail": Row(only(READERS), args=CARD),
    "card_edit": Row(only(EDITORS), only(EDITORS, 302), args=CARD, data={**WORDING, "act": "save"}),
    "card_move": Row(POST_ONLY, only(EDITORS, 302), args=CARD, data={"deck": 0}),
    "card_archive": Row(POST_ONLY, only(EDITORS, 302), args=CARD, data={"to": "archive"}),
    "suggest": Row(only(CORRECTORS), only(CORRECTORS, 302), args=CARD, data={**WORDING, "act": "save"}),
    "flag": Row(only(CORRECTORS), only(CORRECTORS, 302), only(CORRECTORS), args=CARD, data={"kind": "typo"}),
    "flag_withdraw": Row(POST_ONLY, only(CORRECTORS, 302), only(CORRECTORS), args=CARD),
    "picture_upload": Row(POST_ONLY, only(EVERYBODY, 422)),
    "picture": Row(only(READERS), args=("picture",)),
    "demo_list": ALL_READ,
    "demo_detail": Row(only(READERS), args=("slug",), query={"card": "card"}),
    "demo_run_new": Row(
        POST_ONLY, only(READERS, 302), only(READERS), args=("slug",), data={"card": "card", "seed": 1}
    ),
    "demo_run": Row(only(("member",)), args=RUN),
    "demo_run_cancel": Row(POST_ONLY, only(("member",), 302), only(("member",)), args=RUN),
    "demo_run_csv": Row(only(NOBODY), args=("run", "place")),
    "demo_run_picture": Row(only(NOBODY), args=("run", "place")),
    "statistics": ALL_READ,
    "statistics_csv": Row(only(("guest", "member")), args=("figure",)),  # of one's own studies
    "deck_statistics": Row(only(READERS), args=DECK),
    "deck_statistics_csv": Row(only(("member",)), args=("deck", "figure")),
    "card_statistics": Row(only(READERS), args=CARD),
    "card_statistics_csv": Row(only(("member",)), args=CARD),
    "today_limits": Row(only(KNOWN), only(KNOWN, 302), data={"new": 3}),
    "catch_up": Row(only(KNOWN), only(NOBODY)),
    "digest_unsubscribe": Row(only(NOBODY), only(NOBODY), args=("slug",)),
    "settings": Row(only(KNOWN) | {"anonymous": 302}, only(KNOWN, 422) | {"anonymous": 302}),
    "my_data": Row(only(KNOWN) | {"anonymous": 302}),
    "my_data_zip": Row(only(KNOWN) | {"anonymous": 302}),
    "my_data_delete": Row(only(KNOWN) | {"anonymous": 302}, only(SIGNED_IN, 422, 302)),
    "appearance": Row(only(EVERYBODY), only(EVERYBODY, 302), data={"theme": "dark"}),
    "deck_give": Row(only(("owner",)), only(("owner",), 302), args=("own_deck",), data={"group": "group"}),
    "note": Row(
        only(READERS), only(READERS, 302), only(READERS), args=CARD, data={"text": "Mine", "act": "save"}
    ),
    "group_list": Row(only(SIGNED_IN)),
    "group_new": Row(
        only(SIGNED_IN), only(SIGNED_IN, 302), data={"name": "New", "progress_shown": "editors"}
    ),
    "group_detail": Row(only(READERS), args=GROUP),
    "group_edit": Row(
        only(OWNER), only(OWNER, 302), args=GROUP, data={"name": "Ours", "progress_shown": "editors"}
    ),
    "group_archive": Row(POST_ONLY, only(OWNER, 302), args=GROUP, data={"to": "archive"}),
    "group_delete": Row(only(OWNER), only(OWNER, 302), args=GROUP, data={"to": "delete"}),
    "group_leave": Row(  # its owner is told to hand it over first
        only(IN_GROUP), only(IN_GROUP, 302) | {"owner": 422}, args=GROUP, data={"to": "leave"}
    ),
    "group_progress": Row(POST_ONLY, only(IN_GROUP, 302), args=GROUP, data={"to": "hide"}),
    "group_follow": Row(
        only(EDITORS), only(EDITORS, 302), args=GROUP, data={"to": "follow", "deck": "public_deck"}
    ),
    "member_list": Row(only(READERS), args=GROUP),
    "member_edit": Row(
        only(OWNER), only(OWNER, 302), args=("group", "membership"), data={"act": "role", "role": "viewer"}
    ),
    "member_act": Row(
        only(OWNER), only(OWNER, 302), args=("group", "membership", "remove"), data={"to": "remove"}
    ),
    "invite_list": Row(only(OWNER), only(OWNER, 302), args=GROUP, data={"role": "member", "days": 7}),
    "invite_revoke": Row(POST_ONLY, only(OWNER, 302), args=GROUP, data={"invite": "invite"}),
    # Whoever is in the group goes to it, whoever is not signed in signs in, and comes back.
    "join": Row(
        only(("stranger", "staff"), otherwise=302), only(EVERYBODY, 302), args=("token",), told=("stranger",)
    ),
    "card_bulk": Row(POST_ONLY, only(EDITORS, 302), data={"cards": "card", "act": "tag", "tag": "new"}),
    "assignment_new": Row(
        only(EDITORS), only(EDITORS, 302), args=GROUP, data={"deck": "deck", "due_on": "2026-05-01"}
    ),
    "assignment_detail": Row(only(READERS), args=("assignment",)),
    "assignment_edit": Row(
        only(EDITORS), only(EDITORS, 302), args=("assignment",), data={"deck": "deck", "due_on": "2026-05-02"}
    ),
    "assignment_end": Row(POST_ONLY, only(EDITORS, 302), args=("assignment",)),
    "inbox": Row(only(SIGNED_IN)),
    "inbox_read": Row(POST_ONLY, only(SIGNED_IN, 302), data={"newest": 1}),
    "notice_open": Row(POST_ONLY, only(("member",), 302), args=("notice",)),
    "suggest_card": Row(only(CORRECTORS), only(CORRECTORS, 302), args=DECK, data={**WORDING, "act": "save"}),
    "suggest_removal": Row(only(CORRECTORS), only(CORRECTORS, 302), args=CARD, data={"reason": "Because."}),
    "suggestion_list": Row(only(SIGNED_IN)),
    "suggestion_list_decide": Row(
        POST_ONLY,
        only(EDITORS, 302),
        data={"act": "decline", "suggestions": "suggestion", "reply": "No."},
    ),
    "suggestion_detail": Row(
        only(CORRECTORS),
        only(EDITORS, 302),
        args=("suggestion",),
        data={"act": "decline", "reply": "No.", "base_number": 2, "prompt": "Then?"},
    ),
    "suggestion_withdraw": Row(POST_ONLY, only(("member",), 302), args=("suggestion",)),
    "suggestion_comment": Row(POST_ONLY, only(CORRECTORS, 302), args=("suggestion",), data={"text": "Hm."}),
    "flag_list": Row(only(SIGNED_IN)),
    "flag_list_close": Row(POST_ONLY, only(EDITORS, 302), data={"flags": "flag"}),
    "discussion": Row(only(READERS), only(CORRECTORS, 302), args=("group", "card"), data={"text": "I see."}),
    "comment_edit": Row(
        only(("member",)), only(("member",), 302), args=("comment",), data={"text": "Else.", "was": SECRET}
    ),
    "comment_delete": Row(POST_ONLY, only(("member", "owner", "staff"), 302), args=("comment",)),
    "comment_report": Row(
        only(REPORTERS),
        only(REPORTERS, 302),
        args=("comment",),
        data={"reason": "Rude."},
    ),
    "report_list": Row(only(("owner", "staff"))),
    "report_decide": Row(POST_ONLY, only(("owner", "staff"), 302), args=("report",), data={"act": "fine"}),
    "deck_analysis": Row(only(EDITORS), args=DECK),
    "deck_analysis_csv": Row(only(EDITORS), args=DECK),
    "card_demo": Row(POST_ONLY, only(EVERYBODY, 422)),
    "console_worker": ALL_READ,
    "healthz": ALL_READ,
    "readyz": ALL_READ,
}


@dataclass
class World:
    """A browser for each role, and what the rows name."""

    browsers: dict[str, Client]
    names: dict[str, Any]

    def value(self, name: Any) -> Any:
        return self.names.get(name, name) if isinstance(name, str) else name


@pytest.fixture
def world(deck: Deck, clock, client_of: Callable[[Learner], Client]) -> World:
    """A group in which everything has happened once, and everybody there is."""
    group = StudyGroup.objects.create(name=f"{SECRET} readers", description=SECRET, created_at=START)
    people: dict[str, Learner] = {}
    for role in SIGNED_IN:
        people[role] = make_learner(role, is_staff=role == "staff")
        if role in IN_GROUP:
            Membership.objects.create(group=group, learner=people[role], role=role, created_at=START)
    owner, member = people["owner"], people["member"]
    own = Deck.objects.create(name=f"{SECRET} deck", group=group, created_at=START)
    picture = store_picture(owner=owner, file=_picture(), now=START)
    card = make_card(
        deck=own, wording=Wording(f"{SECRET}?", SECRET, f"tags: {SECRET}"), author=owner, now=START
    )
    wording = Wording(f"{SECRET}?", f"{SECRET} ![it](/pictures/{picture.pk})", card.details)
    edit_card(card=card, wording=wording, base_number=1, author=owner, now=START, reason=SECRET)
    other = make_card(deck=own, wording=Wording(f"Other {SECRET}?", SECRET, ""), author=owner, now=START)
    Enrolment.objects.create(learner=member, deck=own, created_at=START)
    for each in (card, other):
        _study(member, each)
    flag_card(card=card, learner=member, kind=Flag.Kind.WRONG, note=SECRET, now=START)
    suggest_wording(
        card=card,
        proposer=member,
        wording=Wording("Then?", SECRET, ""),
        base_number=2,
        reason=SECRET,
        now=START,
    )
    softmax = demo("softmax_table")
    assert softmax is not None
    run = request_run(learner=member, demo=softmax, parameters=softmax.read({}), seed=7, now=START, card=card)
    search = save_search(learner=member, name="Mine", query="tag:a", now=START)
    guest = guest_for(claim="claim", time_zone="UTC", now=START)
    _study(guest, deck.cards.earliest("pk"))
    browsers = {role: client_of(person) for role, person in people.items()}
    browsers["guest"] = Client()
    session = browsers["guest"].session
    session[GUEST_ID] = guest.pk
    session.save()
    invite = make_invite(group=group, by=owner, role=Role.MEMBER, days=7, now=START)
    assignment = set_assignment(
        group=group, by=owner, deck=own, tags=[], due_on=START.date() + timedelta(days=9), now=START
    )
    comment = write_comment(group=group, card=card, author=member, text=SECRET, now=START)
    report_comment(comment=comment, learner=people["editor"], reason=SECRET, now=START)
    names = {
        "comment": comment.pk, "report": comment.reports.get().pk,
        "flag": Flag.objects.get().pk, "suggestion": Suggestion.objects.get().pk,
        "assignment": assignment.pk,
        "notice": Notice.objects.get(learner=member, kind=Notice.Kind.ASSIGNED).pk,
        "own_deck": Deck.objects.create(name=f"{SECRET} too", owner=owner, created_at=START).pk,
        "public_deck": deck.pk, "invite": invite.pk, "token": invite.token,
        "membership": group.memberships.get(learner=member).pk,
        "group": group.pk, "deck": own.pk, "card": other.pk, "picture": picture.pk, "run": run.pk,
        "search": search.pk, "slug": "softmax_table", "figure": "days", "place": 99,
    }  # fmt: skip
    return World(browsers, names)


def _picture() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    file.seek(0)
    return file


def _study(learner: Learner, card: Card) -> None:
    grade_card(
        learner=learner, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START - timedelta(days=9),
        answer_seconds=5,
    )  # fmt: skip


def routes() -> Iterator[str]:
    for pattern in get_resolver().url_patterns[0].url_patterns:
        assert isinstance(pattern, URLPattern)
        yield str(pattern.name)


def test_every_route_has_a_row() -> None:
    names = set(routes())
    assert names - ROWS.keys() == set(), "routes without a row"
    assert ROWS.keys() - names == set(), "rows without a route"


@pytest.mark.parametrize("name", ROWS)
def test_each_gets_what_their_role_may_have(name: str, world: World) -> None:
    row = ROWS[name]
    url = reverse(f"cards:{name}", args=[world.value(arg) for arg in row.args])
    data = {key: world.value(value) for key, value in row.data.items()}
    query = {key: world.value(value) for key, value in row.query.items()}
    htmx = {"HX-Request": "true"}
    expected = {"get": row.get, "post": row.post, "htmx": row.htmx or row.post}
    wrong = []
    for role in EVERYBODY:
        browser = world.browsers.get(role) or Client()
        for method, ask in (
            ("get", lambda browser=browser: browser.get(url, query)),
            ("post", lambda browser=browser: browser.post(url, data)),
            ("htmx", lambda browser=browser: browser.post(url, data, headers=htmx)),
        ):
            with transaction.atomic():
                response = ask()
                text = b"".join(response) if response.streaming else response.content
                transaction.set_rollback(True)
            if response.status_code != expected[method][role]:
                wrong.append(f"{role} {method}: {response.status_code}, not {expected[method][role]}")
            if role in OUTSIDE and role not in row.told and SECRET.encode() in text:
                wrong.append(f"{role} {method}: reads of it")
    assert wrong == []
