"""What a learner did with cards, of whatever kind, as something that can be taken back: the newest act first."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards.models.built import ID, Statement
from cards.models.learners import Learner
from cards.models.revisions import Flag, Revision
from cards.models.study import StudyEvent
from cards.scheduling import Kind, study_day

MOST_UNDONE = 30  # acts of earlier days; those of the study day are never too many


class ActKind(StrEnum):
    """In which table an act stands."""

    EVENT = "event"
    FLAG = "flag"
    REVISION = "revision"


WORDS: dict[str, Promise] = {
    Kind.GRADED: _("grade"),
    Kind.SUSPENDED: _("suspend"),
    Kind.RESUMED: _("resume"),
    Kind.SKIPPED: _("skip"),
    Kind.RESTARTED: _("restart"),
    Kind.DUE_SET: _("due day"),
    Kind.MOVED: _("catch-up"),
    ActKind.FLAG: _("flag"),
    ActKind.REVISION: _("edit"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act as a form names it ("event:" and its id), and what it was: a key of WORDS."""

    name: str
    kind: str

    @property
    def word(self) -> Promise:
        """Such as "grade" or "suspend"."""
        return WORDS[self.kind]

    @classmethod
    def of_grade(cls, event_id: UUID | None) -> "Act":
        """None: of one that is not written yet, and cannot be taken back."""
        return cls(f"{ActKind.EVENT}:{event_id}" if event_id else "", Kind.GRADED)


def standing_events(learner: Learner) -> QuerySet[StudyEvent]:
    """The learner's events that do something, and that no later one takes back."""
    return StudyEvent.objects.standing().filter(learner=learner).exclude(kind=Kind.VOIDED)


def standing_flags(learner: Learner) -> QuerySet[Flag]:
    """The learner's flags that are open."""
    return Flag.objects.open().filter(learner=learner)


def standing_edits(learner: Learner) -> QuerySet[Revision]:
    """The learner's edits that are not taken back, of cards that nobody has edited since."""
    undone = Revision.objects.filter(card=OuterRef("card"), undoes=OuterRef("number"))
    later = Revision.objects.filter(~Exists(undone), card=OuterRef("card"), undoes=None)
    edits = {Revision.Source.EDITED, Revision.Source.RESTORED}
    return Revision.objects.filter(
        ~Exists(undone),
        ~Exists(later.filter(number__gt=OuterRef("number"))),
        author=learner,
        source__in=edits,
    )


def last_act(learner: Learner) -> Act | None:
    """What an undo takes back next, in one query; None when there is nothing."""
    rows = _last_act().rows({ID: learner.pk})
    return Act(*rows[0][:2]) if rows else None


@cache
def _last_act() -> Statement:
    learner = Learner(pk=ID)
    events = _newest(standing_events(learner).order_by("-at", "-number"))
    rows = [
        events.annotate(name=_name(ActKind.EVENT), word=F("kind"), done_at=F("at")),
        *(
            _newest(standing.order_by("-created_at")).annotate(
                name=_name(kind), word=Value(kind.value), done_at=F("created_at")
            )
            for kind, standing in (
                (ActKind.FLAG, standing_flags(learner)),
                (ActKind.REVISION, standing_edits(learner)),
            )
        ),
    ]
    first, *others = (each.order_by().values_list("name", "word", "done_at") for each in rows)
    newest = first.union(*others, all=True).order_by("-done_at")[:1]
    return Statement(*newest.query.sql_with_params())


def _newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The first row alone, in a form that a union may hold on SQLite as well."""
    newest: QuerySet[Any] = rows.model._default_manager.filter(pk__in=Subquery(rows.values("pk")[:1]))
    return newest


def _name(kind: ActKind) -> Concat:
    return Concat(Value(f"{kind}:"), Cast("pk", CharField()))


def can_be_undone(learner: Learner, at: datetime, today: date) -> bool:
    """Whether an act of that instant is one of the study day, or of the last 30."""
    if study_day(at, learner.zone, learner.rollover_hour) >= today:
        return True
    later = (
        standing_events(learner).filter(at__gt=at).values("at").distinct().count()
        + standing_flags(learner).filter(created_at__gt=at).count()
        + standing_edits(learner).filter(created_at__gt=at).values("created_at").distinct().count()
    )
    return later < MOST_UNDONE
