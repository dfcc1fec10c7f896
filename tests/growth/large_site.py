"""Fills a PostgreSQL database with a large site, by a statement for each table: the database makes the rows itself.

Ids begin at BASE + 1. The learners BASE + 1, BASE + 2 … each own a group of the same number, that group's deck, and a
deck of their own. MUCH has more of everything in their group than anybody else; LITTLE has one or two of each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from cards.models import (
    Assignment,
    Card,
    Comment,
    Deck,
    DemoPicture,
    DemoResult,
    DemoRun,
    Enrolment,
    Flag,
    Following,
    Invite,
    Learner,
    Membership,
    Note,
    Notice,
    Picture,
    Report,
    Revision,
    SavedSearch,
    Schedule,
    StudyEvent,
    StudyGroup,
    StudySettings,
    Suggestion,
    SuggestionComment,
)

BASE = 100_000
MUCH, LITTLE = BASE + 1, BASE + 2  # the learners
PUBLIC_DECKS = 10
DAYS_AGO = 2  # was the last day on which anybody learnt: wherever they live, that is no longer today
MOST, FEW = 40, 2  # rows of each kind in the group of MUCH, and in that of LITTLE
STUDIED = (StudyEvent, Schedule)
LARGE = (*STUDIED, Card, Revision)
MULTIPLIER = 7_368_787  # a prime: rows that belong together are written far apart, as learners write them


@dataclass(frozen=True)
class Size:
    """Each learner learns the deck of their group; MUCH `more` cards besides, which are in that deck too.

    `others`: the rows of each table about which no more is said.
    """

    learners: int
    groups: int
    cards: int  # in each deck
    events: int  # of each card that somebody learns
    more: int
    others: int

    @property
    def decks(self) -> int:
        return 2 * self.groups + PUBLIC_DECKS

    @property
    def public_deck(self) -> int:
        return BASE + self.decks

    @property
    def schedules(self) -> int:
        return self.learners * self.cards


def fill(size: Size) -> None:
    """All of it, with its statistics, as autovacuum makes them."""
    with connection.cursor() as cursor, _without_indexes(cursor):
        _people(size)
        _cards(size)
        _studies(size)
        _corrections(size)
        _others(size)
        for statement in connection.ops.sequence_reset_sql(no_style(), [*_filled]):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _people(size: Size) -> None:
    settings = StudySettings.row().pk
    _rows(StudySettings, size.others, scheduler="'sm2'", spreading_seed=f"{BASE} + i")
    _rows(
        Learner, size.learners, username="'learner-' || i", email="'learner-' || i || '@example.org'",
        study_settings_id=settings,
        has_streak="i <> 1",  # it is looked at in steps that double: the oftener, the longer it is
    )  # fmt: skip
    _rows(
        EmailAddress, size.learners, user_id=f"{BASE} + i", email="'learner-' || i || '@example.org'",
        verified="true", **{'"primary"': "true"},
    )  # fmt: skip
    _rows(EmailConfirmation, size.learners, email_address_id=f"{BASE} + i", key="md5(i::text)")
    _rows(
        Session, size.others, session_key="md5(i::text)", session_data="repeat('x', 120)",
        expire_date="now() + interval '9 days'",
    )  # fmt: skip
    _rows(StudyGroup, size.groups, name="'Group ' || i")
    group = f"{BASE} + 1 + (i - 1) %% {size.groups}"
    role = f"CASE WHEN i <= {size.groups} THEN 'owner' ELSE 'member' END"
    _rows(Invite, size.others, group_id=group, token="md5(i::text)", role="'member'", expires_at="now()")
    _rows(Membership, size.learners, group_id=group, learner_id=f"{BASE} + i", role=role)
    _rows(
        Membership, min(MOST, size.learners - size.groups - 1), after=size.learners, role="'member'",
        group_id=str(BASE + 1), learner_id=f"{BASE + size.learners + 1} - i",
    )  # fmt: skip


def _cards(size: Size) -> None:
    groups, text = size.groups, "'What is rare' || i || ', and common' || i %% 500 || '?'"
    _rows(
        Deck, size.decks, name="'Deck ' || i",
        group_id=f"CASE WHEN i <= {groups} THEN {BASE} + i END",
        owner_id=f"CASE WHEN i > {groups} AND i <= {2 * groups} THEN {BASE} + i - {groups} END",
        is_public=f"i > {2 * groups}",
    )  # fmt: skip
    columns = {"prompt": text, "answer": "'It is what ' || i / 7 || ' is.'", "position": "i"}
    columns["details"] = "CASE WHEN i %% 40 = 0 THEN 'demo: softmax_table' ELSE '' END"
    columns["search_text"] = f"lower({text})"
    columns["search_tags"] = r"CASE WHEN i %% 5 = 0 THEN E'\ntag-' || i %% 60 || E'\n' ELSE '' END"
    count = size.decks * size.cards
    _rows(Card, count, deck_id=f"{BASE} + 1 + (i - 1) / {size.cards}", **columns)
    _rows(Card, size.more, after=count, deck_id=str(BASE + 1), **columns)
    _rows(
        Revision, count + size.more, card_id=f"{BASE} + i", number="1", source="'created'", author_id=_somebody(size),
        prompt=text,
    )  # fmt: skip
    _rows(Following, size.groups, group_id=f"{BASE} + i", deck_id=str(size.public_deck))
    _rows(Enrolment, size.learners, learner_id=f"{BASE} + i", deck_id=f"{BASE} + 1 + (i - 1) %% {groups}")
    _rows(
        Enrolment, size.learners, after=size.learners, learner_id=f"{BASE} + i",
        deck_id=f"{BASE + 2 * groups} + 1 + i %% {PUBLIC_DECKS}",
    )  # fmt: skip


def _studies(size: Size) -> None:
    """Schedules and their events: n numbers them by learner, and by their card's place in its deck.

    Of each deck the first card is due, and the third; the second is a leech and suspended.
    """
    n = f"((i::bigint * {MULTIPLIER}) %% {size.schedules})"
    learner, place = f"({n} / {size.cards})", f"{n} %% {size.cards}"
    card = f"{BASE} + 1 + ({learner} %% {size.groups}) * {size.cards} + {place}"
    count, last = size.decks * size.cards, size.schedules
    whole = {"learner_id": f"{BASE} + 1 + {learner}", "card_id": card}
    more = {"learner_id": str(MUCH), "card_id": f"{BASE + count} + i"}
    state = {
        "number": str(size.events),
        "due_on": f"current_date - 4 + CASE WHEN {place} IN (0, 2) THEN 0 ELSE {n} * 7919 %% 400 END::int",
        "interval_days": f"1 + ({n} %% 300)::int", "ease_hundredths": f"130 + ({n} %% 150)::int",
        "lapses": f"CASE WHEN {place} = 1 THEN 9 ELSE {n} %% 10 END::int", "is_suspended": f"{place} = 1",
        "repetitions": "2",
        "first_graded_on": "current_date - 90", "counted_on": f"current_date - {DAYS_AGO} - ({n} %% 80)::int",
        "introduced_on": "current_date - 90", "graded_at": f"now() - interval '1 day' * ({DAYS_AGO} + {n} %% 80)",
    }  # fmt: skip
    _rows(Schedule, size.schedules, **whole, **state)
    _rows(Schedule, size.more, after=last, **more, **state)
    for number in range(1, size.events + 1):
        ago = f"({(size.events - number) * 25 + DAYS_AGO} + {n} %% 80)"
        event = {
            "number": str(number), "kind": "'graded'", "mode": "'scheduled'", "origin": "'web'",
            "at": f"now() - interval '1 day' * {ago}", "study_on": f"current_date - {ago}::int",
            "zone_offset_minutes": "0", "grade": f"1 + ({n} + {number}) %% 4", "answer_seconds": f"1 + {n} %% 40",
            "settings_id": str(StudySettings.row().pk), "due_on": "NULL", "voids": "NULL",
        }  # fmt: skip
        _rows(StudyEvent, size.schedules, **whole, **event)
        _rows(StudyEvent, size.more, **more, **event)
    voided = event | {
        "number": str(size.events + 1), "kind": "'voided'", "mode": "''", "voids": "gen_random_uuid()", "grade": "NULL",
        "learner_id": str(BASE + size.learners), "card_id": f"{BASE} + i",
    }  # fmt: skip
    _rows(StudyEvent, size.cards, **voided)


def _corrections(size: Size) -> None:
    """What people say of cards. The first MOST rows are about the group of MUCH, the next FEW about that of LITTLE."""
    card, group, somebody = _card(size), _group(size), _somebody(size)
    text = {"prompt": "'What then?'", "answer": "'That.'"}
    about = {"card_id": card, "base_number": "1", "reason": "'So it is.'", "proposer_id": somebody}
    closed = {"status": "'declined'", "decided_at": "now()"}
    _rows(Suggestion, size.others, kind="'change'", **text, **about)
    _rows(Suggestion, 9 * size.others, after=size.others, kind="'change'", **text, **about, **closed)
    _rows(SuggestionComment, size.others, suggestion_id=f"{BASE} + i", author_id=somebody, text="'Why?'")
    _rows(
        SuggestionComment, MOST, after=size.others, suggestion_id=str(BASE + 1), author_id=somebody, text="'Why?'"
    )  # fmt: skip
    _rows(Flag, size.others, card_id=card, learner_id=somebody, kind="'typo'", revision_number="1")
    _rows(Comment, size.others, group_id=group, card_id=card, author_id=somebody, text="'Why is that so?'")
    first = {"group_id": str(BASE + 1), "card_id": str(BASE + 1)}
    _rows(Comment, MOST, after=size.others, **first, author_id=somebody, text="'Why is that so?'")
    _rows(Report, size.others, comment_id=f"{BASE} + i", learner_id=somebody, reason="'It is rude.'")
    _rows(Note, size.others, learner_id=somebody, card_id=card, text="'Mine.'")
    _rows(
        Notice, 2 * size.others, learner_id=_owner(size), kind="'answered'", by_id=somebody,
        suggestion_id=f"{BASE} + 1 + (i - 1) %% {size.others}",
        read_at="CASE WHEN i %% 3 = 0 THEN now() END",
    )  # fmt: skip
    deck = f"{group}"  # of the same number
    _rows(Assignment, size.others, group_id=group, deck_id=deck, due_on="current_date + 9 + i %% 30")


def _others(size: Size) -> None:
    owner = _owner(size)
    _rows(SavedSearch, size.others, learner_id=owner, name="'Search ' || i", query="'is:due'")
    _rows(Picture, size.others, id="md5(i::text)::uuid", owner_id=owner, width="10", height="10")
    _rows(Picture.cards.through, size.others, picture_id="md5(i::text)::uuid", card_id=_card(size))
    _rows(
        DemoResult, size.others, key="md5(i::text)", parts="'[]'", finding="'It is so.'",
        stamp="""'{"seconds": 1, "draw_seconds": 1, "wait_seconds": 0}'""",
    )  # fmt: skip
    _rows(DemoPicture, size.others, result_id=f"{BASE} + i", place="0", png="'x'")
    _rows(
        DemoRun, size.others, id="md5(i::text)::uuid", learner_id=owner,
        slug="CASE WHEN i %% 20 = 1 THEN 'softmax_table' ELSE 'demo-' || i %% 20 END", queue="'light'",
        parameters="'{}'", seed="i", status="'done'", attempt="1", result_id=f"{BASE} + i", finished_at="now()",
        created_at="now() - interval '1 hour' * i",
    )  # fmt: skip
    _rows(
        LogEntry, size.others, user_id=owner, content_type_id=str(ContentType.objects.get_for_model(Card).pk),
        object_id="i::text", object_repr="'A card'", action_flag="2",
    )  # fmt: skip


# --- whose it is ------------------------------------------------------------------------------------------------------


def _place(size: Size) -> str:
    """Which group, from 0 on."""
    rest = f"2 + i %% {max(1, size.groups - 2)}"
    return f"(CASE WHEN i <= {MOST} THEN 0 WHEN i <= {MOST + FEW} THEN 1 ELSE {rest} END)"


def _group(size: Size) -> str:
    return f"{BASE} + 1 + {_place(size)}"


def _owner(size: Size) -> str:
    return _group(size)


def _card(size: Size) -> str:
    """A card of that group's deck; several of the same only where there are few."""
    return f"{BASE} + 1 + {_place(size)} * {size.cards} + i %% {size.cards}"


def _somebody(size: Size) -> str:
    return f"{BASE} + 1 + (i * 31) %% {size.learners}"


# --- rows -------------------------------------------------------------------------------------------------------------

_filled: set[type[Model]] = set()


def _rows(model: type[Model], count: int, *, after: int = 0, **columns: Any) -> None:
    """So many rows, i being 1, 2, 3 …, by an SQL expression for each column; else the model's default, or now."""
    values = dict(columns)
    for field in model._meta.concrete_fields:
        name = '"primary"' if field.column == "primary" else field.column
        if name in values or field.null:
            continue
        kind = field.get_internal_type()
        if field.primary_key:
            values[name] = "gen_random_uuid()" if kind == "UUIDField" else f"{BASE + after} + i"
        elif kind == "DateTimeField":
            values[name] = "now() - interval '90 days'"
        elif field.has_default():
            default = field.get_default()
            values[name] = f"'{default}'" if isinstance(default, str) else str(default).replace("{}", "'{}'")
        else:
            assert kind in {"CharField", "TextField", "SlugField", "EmailField"}, (model, name)
            values[name] = "''"
    names, expressions = ", ".join(values), ", ".join(map(str, values.values()))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names})"
            f" SELECT {expressions} FROM generate_series(1, %s) AS i ON CONFLICT DO NOTHING",
            [count],
        )
    _filled.add(model)


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """The large tables' indexes and constraints are made when their rows are there: many times faster than row by row.

    Those of cards that other tables rely on stay.
    """
    tables, studied = ([model._meta.db_table for model in models] for models in (LARGE, STUDIED))
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('p', 'u', 'f') ORDER BY contype = 'f'",
        [studied],
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
        " WHERE indrelid = ANY (%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [tables],
    )
    indexes = cursor.fetchall()
    for table, name, _ in reversed(constraints):
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
