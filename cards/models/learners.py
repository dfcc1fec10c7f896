"""Who learns: people with an account, and guests who have none yet."""

from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.models.limits import DayLimits
from cards.regions import tag
from cards.scheduling import MORNING, DueOrder, NewPlace, WeekdayShare, study_day
from cards.scheduling.leech import LEECH_LAPSES


@cache
def time_zones() -> frozenset[str]:
    """The names that the zone database knows, read from the disk once; not those that name no place."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def check_time_zone(name: str) -> None:
    """Raises ValidationError unless the zone database knows the name."""
    if name not in time_zones():
        raise ValidationError("No time zone of that name is known.")


DUE_ORDERS = [
    (DueOrder.LONGEST.value, _("the longest due first")),
    (DueOrder.DECK.value, _("deck by deck")),
    (DueOrder.HARDEST.value, _("the hardest first")),
    (DueOrder.SHUFFLED.value, _("shuffled, anew each day")),
]
NEW_PLACES = [
    (NewPlace.AFTER.value, _("after the due cards")),
    (NewPlace.MIXED.value, _("among the due cards")),
    (NewPlace.LAST.value, _("last, after the day’s repeats")),
]
WEEKDAY_SHARES = [
    (WeekdayShare.USUAL.value, _("as usual")),
    (WeekdayShare.FEWER.value, _("fewer")),
    (WeekdayShare.NONE.value, _("none")),
]
WRITTEN = (
    "enrolments",
    "decks",
    "revisions",
    "suggestions",
    "flags",
    "pictures",
    "demo_runs",
    "saved_searches",
)


class LearnerQuerySet(models.QuerySet["Learner"]):
    def guests_idle_since(self, instant: datetime) -> "LearnerQuerySet":
        """Guests who were made before then, and have neither studied nor written anything since."""
        idle = self.filter(is_guest=True, date_joined__lt=instant)
        for act in ("study_events__at", "notes__changed_at", *(f"{kind}__created_at" for kind in WRITTEN)):
            idle = idle.exclude(**{f"{act}__gte": instant})
        return idle


class LearnerManager(UserManager.from_queryset(LearnerQuerySet)):  # type: ignore[misc]
    """Django's, with our reads."""

    use_in_migrations = False


class Learner(AbstractUser, DayLimits):
    """One person's account, or one guest's row, which is made when the guest first does something to keep."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    is_guest = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    rollover_hour = models.PositiveSmallIntegerField(
        default=4, validators=[MaxValueValidator(23)], help_text=_("The hour at which your study day begins.")
    )
    new_per_day = models.PositiveSmallIntegerField(
        default=20, help_text=_("New cards on one study day, at most.")
    )
    due_order = models.CharField(
        max_length=8,
        default=DueOrder.LONGEST.value,
        choices=DUE_ORDERS,
    )
    new_place = models.CharField(
        max_length=5,
        default=NewPlace.AFTER.value,
        choices=NEW_PLACES,
    )
    # Whether several parts of one card may come on one day.
    has_siblings = models.BooleanField(_("the parts of a card on one day"), default=False, db_default=False)
    # Whether an enrolment has limits of its own. The enrolments say the same; this spares the queue reading them.
    has_deck_limits = models.BooleanField(default=False, editable=False)
    # A mail of what is due, in the morning. `digest_on` is the latest study day that one was claimed for.
    has_digest = models.BooleanField(_("a mail in the morning"), default=False)
    digest_hour = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(MORNING[0]), MaxValueValidator(MORNING[-1])]
    )
    has_digest_notices = models.BooleanField("with what is unread in the inbox", default=False)
    digest_on = models.DateField(null=True, blank=True, editable=False)
    digest_retry_at = models.DateTimeField(null=True, blank=True, editable=False)
    has_streak = models.BooleanField(_("a streak of study days"), default=True)
    leech_lapses = models.PositiveSmallIntegerField(
        default=LEECH_LAPSES,
        help_text=_("The learner is told of cards that they forgot so often. 0: of none."),
    )
    has_answer_box = models.BooleanField(_("a box to type the answer"), default=True)
    # Of words, and of dates and numbers (cards.regions); "": as the browser asks for.
    language = models.CharField(max_length=8, blank=True, default="")
    region = models.CharField(max_length=2, blank=True, default="")
    study_settings = models.ForeignKey(
        "cards.StudySettings", on_delete=models.PROTECT, related_name="+", editable=False
    )
    # A study day never goes back, whatever zone its learner flies to. The events say
    # the same; this spares reading them.
    latest_study_on = models.DateField(null=True, blank=True, editable=False)

    objects: ClassVar[LearnerManager] = LearnerManager()

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="one_learner_per_email", condition=~models.Q(email="")
            )
        ]
        indexes = [
            models.Index(
                fields=["time_zone"], name="learners_with_digest", condition=models.Q(has_digest=True)
            )
        ]

    def __str__(self) -> str:
        return self.public_name

    def new_limit(self, today: date) -> int:
        """New cards today, at most."""
        limit = super().new_limit(today)
        return self.new_per_day if limit is None else limit

    @property
    def public_name(self) -> str:
        """The name that other people see."""
        return gettext("a guest") if self.is_guest else self.username

    def get_full_name(self) -> str:
        return self.public_name

    def get_short_name(self) -> str:
        return self.public_name

    @property
    def language_tag(self) -> str:
        """Of what is written to them when no browser asks."""
        return tag(self.language or settings.LANGUAGE_CODE, self.region)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def study_day(self, now: datetime) -> date:
        """The learner's date at `now`: their zone, from their rollover hour, never before the latest one."""
        return study_day(now, self.zone, self.rollover_hour, self.latest_study_on)

    @property
    def has_spreading(self) -> bool:
        """Whether due days are spread."""
        return bool(self.study_settings.spreading_seed)

    @property
    def easy_days(self) -> str:
        """A scheduling.WeekdayShare for each weekday, from Monday on."""
        return self.study_settings.easy_days

    def clean(self) -> None:
        super().clean()
        check_time_zone(self.time_zone)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and self.study_settings_id is None:
            from cards.models.study import StudySettings

            self.study_settings = StudySettings.row()
        super().save(*args, **kwargs)
