"""How PostgreSQL would find the rows of a query: which tables it would read from beginning to end."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from cards.models import DemoWorker

# All others have a row more for each learner, deck, card or act: these have as many as there are kinds of things.
FIXED = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    DemoWorker._meta.db_table,
}
# Who is on the staff, which nobody's pages ask for.
STAFF = {"cards_learner_groups", "cards_learner_user_permissions"}
# Indexes along which a page may go from one end on: until it has a row of what every tenth is, or is full of what is
# open, which are few.
WALKED = {"run_by_age", "open_suggestions"}
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


def growing_tables() -> set[str]:
    """The tables of all models but those that are known not to grow."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return tables - FIXED - STAFF


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: Any


@contextmanager
def asked() -> Iterator[list[Statement]]:
    """What is asked of the database meanwhile, transaction control left out."""
    found: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(CONTROL):
            found.append(Statement(sql, params[0] if many and params else params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def plan_of(statement: Statement) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.params)
        ((found,),) = cursor.fetchall()
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def read_whole(plan: dict[str, Any], growing: Collection[str]) -> Iterator[str]:
    """Those of the tables that the plan reads from one end to the other, or an index of which it so reads."""
    for node in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name")
        if table not in growing:
            continue
        if kind == "Seq Scan":
            yield f"{table}, row by row"
        elif kind.startswith("Index") and "Index Cond" not in node and node["Index Name"] not in WALKED:
            yield f"{table}, along all of {node['Index Name']}"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)
