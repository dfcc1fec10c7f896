"""A site on which everything has happened once: a row of every model, made as people make them."""

import random
from datetime import timedelta
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.storage import default_storage
from django.db.models import Model
from django.test import Client
from PIL import Image

from cards.actions.acts import suspend_cards, undo_event, undo_own_edit
from cards.actions.assignments import set_assignment
from cards.actions.cards import archive_card, edit_card, make_card
from cards.actions.catch_up import catch_up
from cards.actions.decks import make_site_deck
from cards.actions.demo_runs import claim_run, finish_run, greet, request_run
from cards.actions.discussions import report_comment, write_comment
from cards.actions.groups import follow_deck, leave_group, make_group, make_group_deck
from cards.actions.invites import join_group, make_invite
from cards.actions.learners import change_settings, enrol_in_starter_decks, guest_for
from cards.actions.limits import set_deck_limits, set_today_limits
from cards.actions.notes import write_note
from cards.actions.notices import notify
from cards.actions.pictures import store_picture
from cards.actions.search import save_search
from cards.actions.study import Result, grade_card
from cards.actions.suggestions import (
    accept_suggestion,
    comment_on_suggestion,
    flag_card,
    suggest_new_card,
    suggest_to_remove,
    suggest_wording,
)
from cards.cardtext import Wording
from cards.demos.contract import Demo
from cards.demos.draw import Drawing
from cards.demos.registry import demo
from cards.models import (
    Card,
    Deck,
    Flag,
    Learner,
    Notice,
    Role,
    Schedule,
    StudyEvent,
    Suggestion,
)
from cards.models.catch_up import FEWEST_DAYS, plan_of
from cards.scheduling import Grade, replay
from tests.conftest import START, make_learner

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
# Whatever a text or a JSON value may hold, and what a way into a file and back may lose.
TEXT = 'Zürich 東京 🧠 \u2028 "quoted" \\ back, a tab\t, two\nlines, <b> & $x^2$'
JSON = {"z": [1.5, 1e-7, -2, 12345678901234567890, True, None], "a": TEXT, "": {"deep": [[]]}}
SOFTMAX: Demo | None = demo("softmax_table")


def fill() -> None:
    """Makes it all, in a migrated, empty database."""
    deck = make_site_deck(name="Losses", description=TEXT, is_public=True, is_starter=True, now=START)
    ada, staff = make_learner("ada"), make_learner("staff", is_staff=True, is_superuser=True)
    guest = guest_for(claim="claim", time_zone="Asia/Tokyo", now=START + MICROSECOND)
    enrol_in_starter_decks(learner=guest, now=START)
    picture = store_picture(owner=ada, file=_png(), now=START)
    cards = [
        make_card(deck=deck, wording=Wording(f"{TEXT} {number}?", TEXT, "tags: a, b"), author=ada, now=START)
        for number in range(4)
    ]
    _edit(cards[0], ada, f"![noise](/pictures/{picture.pk})")
    suggestion = suggest_wording(
        card=cards[1],
        proposer=guest,
        wording=Wording("Why?", "So.", ""),
        base_number=1,
        reason=TEXT,
        now=START,
    )
    accept_suggestion(
        suggestion=suggestion, wording=Wording("Why then?", "So.", ""), base_number=1, editor=staff, reply=TEXT,
        now=START + DAY,
    )  # fmt: skip
    flag_card(card=cards[2], learner=guest, kind=Flag.Kind.TYPO, note=TEXT, now=START)
    archive_card(card=cards[3], now=START)
    change_settings(
        learner=ada, reviews_per_day=200, due_order="shuffled", new_place="mixed", has_spreading=True,
        easy_days="uuuuufn",
    )  # fmt: skip
    set_deck_limits(learner=ada, deck=deck, new_per_day=5, reviews_per_day=50, now=START)
    set_today_limits(learner=ada, deck=deck, new=30, reviews=300, now=START)
    for learner in (ada, guest):
        study(learner, [card.pk for card in cards])
    back = START + 400 * DAY
    plan = plan_of(ada, back.date(), FEWEST_DAYS)
    assert catch_up(learner=ada, days=plan.days, plan=plan.name, now=back) is Result.WRITTEN
    save_search(learner=ada, name=TEXT.strip()[:80], query="tag:a -is:due", now=START)
    mine = edit_card(
        card=cards[2], wording=Wording("Mine?", "So.", ""), base_number=1, author=staff, now=START
    )
    assert mine is not None
    undo_own_edit(learner=staff, revision_id=mine.pk, now=START)
    suspend_cards(learner=ada, card_ids=[cards[2].pk], now=START + 300 * DAY)
    _group(ada, staff, deck, cards[0])
    _demo(ada, cards[0])
    _accounts(ada, staff, deck)


def study(learner: Learner, card_ids: list[int], days: int = 6) -> None:
    """Grades of every kind on days far apart; those of the last day are taken back."""
    for day in range(days):
        now = START + day * (40 * DAY + MICROSECOND)
        for card_id in card_ids:
            graded = grade_card(
                learner=learner, card_id=card_id, part=0, shown_number=day, grade=Grade(day % 4 + 1), now=now,
                answer_seconds=day,
            )  # fmt: skip
            if day == days - 1:
                assert graded.event_id is not None
                undo_event(learner=learner, event_id=graded.event_id, now=now)


def many_events(count: int) -> None:
    """Some `count` further events and their schedules: the logs that are there, again and again, for other parts."""
    logs = [
        list(StudyEvent.objects.of(row.learner_id, row.card_id).exclude(kind="voided").with_settings())
        for row in Schedule.objects.filter(part=0)
    ]
    names = [
        field.attname
        for field in StudyEvent._meta.concrete_fields
        if field.name not in {"id", "part", "number", "settings"}
    ]
    events, schedules = [], []
    for part in range(1, 1 + count // sum(map(len, logs))):
        for log in logs:
            copies = [
                StudyEvent(
                    part=part,
                    number=number,
                    settings=event.settings,
                    **{name: getattr(event, name) for name in names},
                )
                for number, event in enumerate(log, start=1)
            ]
            events += copies
            columns = Schedule.columns(replay(event.as_event() for event in copies))
            schedules.append(
                Schedule(learner_id=log[0].learner_id, card_id=log[0].card_id, part=part, **columns)
            )
    StudyEvent.objects.bulk_create(events, batch_size=500)
    Schedule.objects.bulk_create(schedules, batch_size=500)


def rows(model: type[Model], using: str = "default") -> list[dict[str, Any]]:
    """Every row, every column, as Python values; bytes as such on either database."""
    found = model._base_manager.using(using).order_by("pk").values()
    return [
        {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
        for row in found
    ]


def everything(using: str = "default") -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables that Django knows, whichever order the database keeps them in."""
    return {
        model._meta.label: sorted(rows(model, using), key=repr)
        for model in apps.get_models(include_auto_created=True)
    }


def all_files(folder: str = "") -> dict[str, bytes]:
    """The bytes of every file below MEDIA_ROOT."""
    folders, files = default_storage.listdir(folder) if default_storage.exists(folder or ".") else ([], [])
    found = {}
    for name in files:
        with default_storage.open(f"{folder}/{name}" if folder else name) as file:
            found[f"{folder}/{name}".lstrip("/")] = file.read()
    for name in folders:
        found |= all_files(f"{folder}/{name}".lstrip("/"))
    return found


def _png() -> BytesIO:
    """Noise, so that it does not shrink to nothing."""
    file = BytesIO()
    Image.frombytes("RGB", (40, 30), random.Random(5).randbytes(40 * 30 * 3)).save(file, "PNG")
    file.seek(0)
    return file


def _edit(card: Card, author: Learner, answer: str) -> None:
    edit_card(
        card=card, wording=Wording(card.prompt, answer, card.details), base_number=1, author=author,
        now=START + DAY, reason=TEXT,
    )  # fmt: skip


def _demo(learner: Learner, card: Card) -> None:
    assert SOFTMAX is not None
    environment = {"device": "CPU", "versions": {"torch": "2.13.0"}}
    greet(name="light@here:1", queue="light", environment=environment, now=START)
    asked = request_run(
        learner=learner,
        demo=SOFTMAX,
        parameters=SOFTMAX.read({}),
        seed=1,
        now=START,
        card=card,
        address="0" * 64,
    )
    request_run(learner=learner, demo=SOFTMAX, parameters=SOFTMAX.read({}), seed=2, now=START)
    run = claim_run(run_id=asked.pk, now=START + MICROSECOND)
    assert run is not None
    drawing = Drawing(parts=[JSON], finding=TEXT, data_used="None.", pictures=[bytes(range(256)), b""])
    finish_run(run=run, drawing=drawing, environment=environment, stamp=environment, now=START + DAY)


def _group(ada: Learner, staff: Learner, deck: Deck, card: Card) -> None:
    """A group of two that follows the deck, has one of its own, and discusses a card; one of them has left."""
    group = make_group(owner=ada, name=TEXT, description=TEXT, now=START)
    make_group_deck(group=group, maker=ada, name=TEXT, description=TEXT, now=START)
    invite = make_invite(group=group, by=ada, role=Role.MEMBER, days=1, now=START)
    make_invite(group=group, by=ada, role=Role.VIEWER, days=1, email="grace@example.org", now=START)
    join_group(token=invite.token, learner=staff, shows_progress=False, now=START)
    follow_deck(group=group, deck=deck, by=ada, now=START)
    assignment = set_assignment(
        group=group, by=ada, deck=deck, tags=["a", "b"], due_on=START.date(), now=START
    )
    comment = write_comment(group=group, card=card, author=staff, text=f"@ada {TEXT}", now=START)
    report_comment(comment=comment, learner=ada, reason=TEXT, now=START)
    write_note(learner=ada, card=card, text=TEXT, was="", now=START)
    leave_group(group=group, learner=staff, now=START + DAY)
    suggestion = Suggestion.objects.get()
    comment_on_suggestion(suggestion=suggestion, author=staff, text=TEXT, now=START)
    suggest_new_card(
        deck=deck, proposer=ada, wording=Wording(TEXT, TEXT), reason=TEXT, source=TEXT, now=START
    )
    suggest_to_remove(card=card, proposer=ada, reason=TEXT, now=START)
    notify(
        kind=Notice.Kind.MENTIONED, to=[ada], by=staff, now=START, group=group, deck=deck, card=card, comment=comment,
        suggestion=suggestion, assignment=assignment,
    )  # fmt: skip


def _accounts(ada: Learner, staff: Learner, deck: Model) -> None:
    group = Group.objects.create(name="Editors")
    group.permissions.add(*Permission.objects.filter(content_type__app_label="cards")[:3])
    ada.groups.add(group)
    ada.user_permissions.add(Permission.objects.latest("pk"))
    address = EmailAddress.objects.create(user=ada, email=ada.email, primary=True, verified=True)
    EmailConfirmation.objects.create(email_address=address, created=START, sent=START, key="k" * 64)
    LogEntry.objects.log_actions(staff.pk, [deck], CHANGE, change_message=TEXT, single_object=True)
    client = Client()
    client.force_login(ada)
    assert settings.SESSION_COOKIE_NAME in client.cookies
