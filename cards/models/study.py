"""The log of what happened to each learner's card part, and the schedule that its replay gives."""

import uuid
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, ClassVar, Self

from django.db import connection, models
from django.db.models import OuterRef, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from cards.models.append_only import AppendOnly, AppendOnlyQuerySet
from cards.models.decks import Card
from cards.models.learners import Learner
from cards.models.parts import WHOLE, is_asked
from cards.scheduling import NOT_MOVED, USUAL_WEEK, Event, Grade, Kind, Mode, Origin, Spreading, State

STATE = tuple(State.__dataclass_fields__)
STATE_OF = attrgetter(*STATE)  # of a schedule and of a state alike


class StudySettings(AppendOnly):
    """What a grade is computed with. Append-only, shared by all learners who chose the same."""

    class Scheduler(models.TextChoices):
        SM2 = "sm2", "SM-2"

    scheduler = models.CharField(max_length=8, choices=Scheduler)
    # 0: due days are not spread. Else the id of the learner who wished it, so that no two learners' cards move alike.
    spreading_seed = models.PositiveBigIntegerField(default=0)
    # A WeekdayShare for each weekday, from Monday on.
    easy_days = models.CharField(max_length=7, default=USUAL_WEEK)

    objects: ClassVar[AppendOnlyQuerySet] = AppendOnlyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("study settings")
        verbose_name_plural = _("study settings")
        constraints = [
            models.UniqueConstraint(
                fields=["scheduler", "spreading_seed", "easy_days"], name="one_row_of_study_settings"
            )
        ]

    def __str__(self) -> str:
        return self.get_scheduler_display()

    @classmethod
    def row(cls, *, spreading_seed: int = 0, easy_days: str = USUAL_WEEK) -> "StudySettings":
        """The row of these settings, made when it is first asked for. A learner begins with that of the defaults."""
        return cls.objects.get_or_create(
            scheduler=cls.Scheduler.SM2, spreading_seed=spreading_seed, easy_days=easy_days
        )[0]

    def spreading(self, card_id: int, part: int) -> Spreading:
        """How the due days of that card part are moved."""
        if not self.moves_due_days:
            return NOT_MOVED
        return Spreading(self.spreading_seed, self.easy_days, card_id, part)

    @property
    def moves_due_days(self) -> bool:
        """Whether a card can be due on another day than that on which its interval ends."""
        return bool(self.spreading_seed) or self.easy_days != USUAL_WEEK


class StudyEventQuerySet(AppendOnlyQuerySet):
    def of(self, learner: Learner, card_id: int, part: int = 0) -> Self:
        """One log, in its order."""
        return self.filter(learner=learner, card_id=card_id, part=part).order_by("number")

    def with_settings(self) -> Self:
        """Each with its settings, which as_event() reads."""
        return self.select_related("settings")

    def standing(self) -> Self:
        """Events that no later one takes back."""
        # That it is not null goes without saying, and spares PostgreSQL a look at all those that void nothing.
        voided = StudyEvent.objects.filter(voids__isnull=False, voids=models.OuterRef("pk"))
        return self.filter(~models.Exists(voided))

    def graded_and_standing(self) -> Self:
        """Grades that no later event takes back."""
        return self.standing().filter(kind=Kind.GRADED)


# The day before, and the one before that: each found by the index in one step, where DISTINCT reads all of the log.
_STUDY_DAYS = """
WITH RECURSIVE days(day) AS (
    SELECT %(after)s
    UNION ALL
    SELECT (
        SELECT e.study_on FROM cards_studyevent e
        WHERE e.learner_id = %(learner)s AND e.kind = 'graded' AND e.study_on < days.day
            AND NOT EXISTS (SELECT 1 FROM cards_studyevent v WHERE v.voids = e.id)
        ORDER BY e.study_on DESC LIMIT 1
    ) FROM days WHERE days.day IS NOT NULL
)
SELECT day FROM days WHERE day < %(after)s
"""


def study_days(learner: Learner, until: date) -> list[date]:
    """The days with an answer that stands, of whatever mode, the latest first. One query, a step for each day."""
    with connection.cursor() as cursor:
        cursor.execute(_STUDY_DAYS, {"learner": learner.pk, "after": until + timedelta(days=1)})
        days = [day for (day,) in cursor.fetchall()]
    return [date.fromisoformat(day) if isinstance(day, str) else day for day in days]  # SQLite's are texts


class StudyEvent(AppendOnly):
    """What happened to one learner's card part. Numbered 1, 2, 3 … in its log; never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="study_events")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="study_events")
    part = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=[(kind.value, kind.value) for kind in Kind])
    at = models.DateTimeField()
    study_on = models.DateField()
    zone_offset_minutes = models.SmallIntegerField()
    mode = models.CharField(max_length=9, blank=True, choices=[(mode.value, mode.value) for mode in Mode])
    origin = models.CharField(max_length=7, choices=[(origin.value, origin.value) for origin in Origin])
    grade = models.PositiveSmallIntegerField(
        null=True, choices=[(grade.value, grade.label) for grade in Grade]
    )
    answer_seconds = models.PositiveSmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    # Another event's id; no foreign key, since a merge or a deletion never has to walk along it.
    voids = models.UUIDField(null=True, unique=True)
    settings = models.ForeignKey(StudySettings, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[StudyEventQuerySet] = StudyEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("study event")
        verbose_name_plural = _("study events")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "card", "part", "number"], name="one_event_per_number"
            ),
            models.CheckConstraint(name="event_numbers_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="graded_has_grade_and_mode",
                condition=(Q(kind="graded", grade__isnull=False) & ~Q(mode="")) | ~Q(kind="graded"),
            ),
            models.CheckConstraint(
                name="voided_names_an_event",
                condition=Q(kind="voided", voids__isnull=False) | ~Q(kind="voided"),
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "study_on", "at"], name="event_by_day"),
            models.Index(fields=["learner", "at"], name="event_by_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def as_event(self) -> Event:
        """The same, as the scheduler takes it."""
        return Event(
            id=self.pk,
            number=self.number,
            kind=Kind(self.kind),
            at=self.at,
            study_on=self.study_on,
            mode=Mode(self.mode) if self.mode else None,
            grade=Grade(self.grade) if self.grade else None,
            voids=self.voids,
            due_on=self.due_on,
            spreading=self.settings.spreading(self.card_id, self.part) if self.grade else NOT_MOVED,
        )


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def known_cards(self) -> Self:
        """Those of cards of which the learner has a due day for each part."""
        of_card = Schedule.objects.filter(
            is_asked(OuterRef("card__parts")),
            learner=OuterRef("learner"),
            card=OuterRef("card"),
            due_on__isnull=False,
        )
        counts = of_card.order_by().values("learner").annotate(n=models.Count("pk")).values("n")
        is_whole = Q(part=0, card__parts=WHOLE)
        all_parts = Q(part__gt=0) & Q(Exact(models.F("card__part_count"), models.Subquery(counts)))
        return self.filter(is_whole | all_parts, due_on__isnull=False)


class Schedule(models.Model):
    """What a replay of one log gives: scheduling.State, column by column. Written from events alone."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="schedules")
    # Its index is schedule_of_card: by the card alone PostgreSQL looked through the schedules of all who learn it.
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="schedules", db_index=False)
    part = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField(help_text=_("The number of the last event."))
    due_on = models.DateField(null=True)
    interval_days = models.PositiveIntegerField()
    ease_hundredths = models.PositiveSmallIntegerField(help_text=_("SM-2's E-Factor times 100."))
    repetitions = models.PositiveIntegerField()
    lapses = models.PositiveIntegerField()
    first_graded_on = models.DateField(null=True)
    introduced_on = models.DateField(null=True)
    counted_on = models.DateField(null=True)
    graded_at = models.DateTimeField(null=True)
    repeat_on = models.DateField(null=True)
    is_suspended = models.BooleanField()
    skipped_on = models.DateField(null=True)

    objects: ClassVar[ScheduleQuerySet] = ScheduleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        constraints = [models.UniqueConstraint(fields=["learner", "card", "part"], name="one_schedule")]
        indexes = [
            models.Index(fields=["learner", "due_on", "id"], name="schedule_next_due"),
            models.Index(fields=["card", "learner"], name="schedule_of_card"),
            models.Index(
                fields=["learner", "repeat_on", "graded_at"],
                name="schedule_repeats",
                condition=Q(repeat_on__isnull=False),
            ),
            models.Index(fields=["learner", "counted_on"], name="schedule_done"),
            models.Index(fields=["learner", "introduced_on"], name="schedule_introduced"),
        ]

    def __str__(self) -> str:
        return f"schedule of card {self.card_id}"

    @property
    def state(self) -> State:
        return State(*STATE_OF(self))

    @staticmethod
    def columns(state: State) -> dict[str, Any]:
        """The state as column values."""
        return dict(zip(STATE, STATE_OF(state), strict=True))
