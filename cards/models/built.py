"""Statements that are built once: Django takes longer over the SQL of a large query than a database over its answer.

The ordinary query stays the one truth. It is built once for each shape that it can have, with marks for what is
another at each call; then marks give way to values, and PostgreSQL, which knows the statement from the last time, need
not read it anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from threading import local
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

from cards.models.learners import Learner
from cards.scheduling import DueOrder

M = TypeVar("M", bound=Model)

# Marks: of a learner's id, of another's row, of the study day. Nothing else has these values.
ID, OTHER_ID, TODAY = 4_611_686_018_427_387_847, 4_611_686_018_427_387_787, date(8_765, 4, 3)

# What no query about a learner's cards looks at: all else of a learner is part of its shape.
NO_SHAPE = {
    "id", "username", "email", "password", "date_joined", "last_login", "time_zone", "rollover_hour", "study_settings",
    "latest_study_on", "digest_on", "digest_retry_at", "digest_hour", "language", "region", "exception_on",
}  # fmt: skip
MOST_BUILT = 500


def is_fast(learner: Learner) -> bool:
    """Whether built statements are for this learner. A shuffled order has chance in it each day."""
    return learner.due_order != DueOrder.SHUFFLED


class Statement:
    """SQL, and the parameters it takes at each call: constants, and marks that give way to values.

    PostgreSQL is told equal ones once, however often they stand in it, and knows the statement from the last time.
    """

    def __init__(self, sql: str, params: Sequence[Any]) -> None:
        # An enum's member is its value, which is looked up and sent without its class.
        params = [each.value if isinstance(each, Enum) else each for each in params]
        self.sql, self.params = sql, params
        distinct: dict[object, tuple[int, Any]] = {}
        places = []
        for place, each in enumerate(params):
            # Not of texts and of None: each place gives those a type of its own.
            key = (type(each), each) if isinstance(each, (int, date)) else place
            places.append(distinct.setdefault(key, (len(distinct) + 1, each))[0])
        self.distinct = [each for _, each in distinct.values()]
        first, *others = sql.split("%s")
        numbered = "".join(f"${place}{piece}" for place, piece in zip(places, others, strict=True))
        self.numbered = (first + numbered).replace("%%", "%").encode()

    def rows(self, values: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """What it gives, with a value in place of each mark.

        By Django's own cursor on SQLite, which prepares nothing, and where queries are looked at.
        """
        own = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up at every word
        own.ensure_connection()
        if own.vendor == "sqlite" or own.queries_logged or own.execute_wrappers:
            with own.cursor() as cursor:
                cursor.execute(self.sql, [values.get(param, param) for param in self.params])
                return list(cursor.fetchall())
        given = [values.get(param, param) for param in self.distinct]
        raw = own.connection
        raw.prepare_threshold = 0
        try:
            with own.wrap_database_errors:
                rows: list[tuple[Any, ...]] = (
                    _cursor(raw).execute(self.numbered, given, prepare=True, binary=True).fetchall()
                )
                return rows
        finally:
            raw.prepare_threshold = None  # else psycopg remembers Django's statements too, pictures and all


_kept = local()


def _cursor(raw: psycopg.Connection[tuple[Any, ...]]) -> psycopg.RawCursor[tuple[Any, ...]]:
    """This thread's, of the connection that it has now: a cursor that was used knows how each type is written."""
    cursor: psycopg.RawCursor[tuple[Any, ...]] | None = getattr(_kept, "cursor", None)
    if cursor is None or cursor.connection is not raw:
        cursor = _kept.cursor = psycopg.RawCursor(raw)
    return cursor


class Built(Generic[M]):
    """A query's statement, and how its instances are made of rows: as Django's ModelIterable makes them."""

    def __init__(self, rows: "QuerySet[M, Any]") -> None:
        self.compiler = rows.query.get_compiler(using=rows.db)
        self.statement = Statement(*self.compiler.as_sql())
        select, found = self.compiler.select, self.compiler.klass_info
        self.start, self.end = found["select_fields"][0], found["select_fields"][-1] + 1
        self.model: type[M] = found["model"]
        self.names = [column[0].target.attname for column in select[self.start : self.end]]
        self.populators = get_related_populators(found, select, DEFAULT_DB_ALIAS)
        self.converters = self.compiler.get_converters([column[0] for column in select])
        self.annotations = list(self.compiler.annotation_col_map.items())

    def instances(self, values: Mapping[Any, Any]) -> Iterator[M]:
        """What the query finds, with all that it annotates and selects along."""
        for row in self.compiler.apply_converters(self.statement.rows(values), self.converters):
            instance = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.start : self.end])
            for populator in self.populators:
                populator.populate(row, instance)
            for name, place in self.annotations:
                setattr(instance, name, row[place])
            yield instance


_built: dict[object, Built[Any]] = {}


def found(
    build: "Callable[..., QuerySet[M, Any]]", learner: Learner, today: date, **more: int
) -> Iterator[M]:
    """What the query finds that `build` makes for this learner, on this study day.

    `more` are further values that it takes: of these each is part of the shape, but `card_id`.
    """
    if not is_fast(learner):
        yield from build(learner, today, **more)
        return
    is_exception = learner.exception_on == today
    card_id = more.get("card_id")
    fixed = {name: value for name, value in more.items() if name != "card_id"}
    key = (build, _shape()(learner), is_exception, *fixed.items())
    statement = _built.get(key)
    if statement is None:
        like = copy(learner)
        like.pk, like.exception_on = ID, TODAY if is_exception else None
        marked = {"card_id": OTHER_ID} if card_id is not None else {}
        if len(_built) >= MOST_BUILT:
            _built.clear()
        statement = _built[key] = Built(build(like, TODAY, **fixed, **marked))
    values = {ID: learner.pk, TODAY: today, OTHER_ID: card_id}
    yield from statement.instances(values | {str(TODAY): str(today)})  # on SQLite days are texts


@cache
def _shape() -> Callable[[Learner], tuple[object, ...]]:
    """What the shapes of a learner's queries are told apart by."""
    return attrgetter(
        *(field.attname for field in Learner._meta.concrete_fields if field.name not in NO_SHAPE)
    )


@cache
def columns(model: type[Model], prefix: str = "") -> list[str]:
    """The model's columns as values_list() names them, in the order in which `made` takes them."""
    return [f"{prefix}{field.attname}" for field in model._meta.concrete_fields]


def made(model: type[M], values: Sequence[Any]) -> M:
    """The instance that these columns are of."""
    return model.from_db(DEFAULT_DB_ALIAS, columns(model), values)
