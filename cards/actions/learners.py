"""Learners come, become known, and go."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from heapq import merge
from typing import Any, TypedDict, Unpack, cast

from django.contrib.auth.hashers import make_password
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cards.actions.groups import pass_on_groups
from cards.actions.notes import move_notes
from cards.actions.search import move_searches
from cards.actions.study import write_replay
from cards.models import (
    Deck,
    DemoRun,
    Enrolment,
    Flag,
    Learner,
    Notice,
    Picture,
    Revision,
    Schedule,
    StudyEvent,
    StudySettings,
    Suggestion,
    SuggestionComment,
)
from cards.models.learners import check_time_zone
from cards.scheduling import is_week

GUEST_IDLE_DAYS = 60
MERGE_TRIES = 10  # each but the first for a grade that came in that very instant
OF_STUDY = {"has_spreading", "easy_days"}  # settings that each event names
APART = 1_000_000  # more events than one log ever has


def guest_for(*, claim: str, time_zone: str, now: datetime) -> Learner:
    """The guest of that claim, made if there is none.

    A claim is a secret of the browser's that survives a double click: two first grades at once give one guest.
    """
    guest: Learner
    with transaction.atomic():
        guest, is_made = Learner.objects.get_or_create(
            username=f"guest-{claim}",
            defaults={
                "is_guest": True,
                "password": make_password(None),
                "time_zone": time_zone,
                "date_joined": now,
            },
        )
        if is_made:
            enrol_in_starter_decks(learner=guest, now=now)
    return guest


def begin_account(*, learner: Learner, guest: Learner | None, time_zone: str, now: datetime) -> None:
    """What a new account begins with: the guest's own settings, else the given zone and the starter decks.

    The guest's decks and log follow with merge_learners. A starter deck that the guest left is not brought back.
    """
    with transaction.atomic():
        if guest is None:
            learner.time_zone = time_zone
            learner.save(update_fields=["time_zone"])
            enrol_in_starter_decks(learner=learner, now=now)
        else:
            change_settings(learner=learner, **settings_of(guest))


def enrol_in_starter_decks(*, learner: Learner, now: datetime) -> None:
    """A learner begins with the decks that are marked so."""
    decks = Deck.objects.active().filter(is_starter=True, is_public=True)
    Enrolment.objects.bulk_create(
        [Enrolment(learner=learner, deck=deck, created_at=now) for deck in decks], ignore_conflicts=True
    )


class Settings(TypedDict, total=False):
    """What a learner sets for themselves, by the names of the learner's columns and properties."""

    time_zone: str
    rollover_hour: int
    new_per_day: int
    reviews_per_day: int | None
    due_order: str
    new_place: str
    has_siblings: bool
    has_spreading: bool
    easy_days: str
    leech_lapses: int
    has_answer_box: bool
    has_streak: bool
    has_digest: bool
    digest_hour: int
    has_digest_notices: bool
    language: str
    region: str


def settings_of(learner: Learner) -> Settings:
    """All of them."""
    return cast(Settings, {name: getattr(learner, name) for name in Settings.__annotations__})


def change_settings(*, learner: Learner, **changes: Unpack[Settings]) -> None:
    """Changes those that are given. Later study days begin by the new zone and hour; a day on which something was
    studied never goes back. Spreading and easy days hold for later grades.

    Raises ValidationError for a zone that is not known, ValueError for a week that is none.
    """
    if "time_zone" in changes:
        check_time_zone(changes["time_zone"])
    columns: dict[str, Any] = {name: value for name, value in changes.items() if name not in OF_STUDY}
    if OF_STUDY & changes.keys():
        columns["study_settings"] = _study_settings(
            learner,
            changes.get("has_spreading", learner.has_spreading),
            changes.get("easy_days", learner.easy_days),
        )
    for name, value in columns.items():
        setattr(learner, name, value)
    learner.save(update_fields=[*columns])


def _study_settings(learner: Learner, has_spreading: bool, easy_days: str) -> StudySettings:
    """Turned off and on again, spreading moves due days as it did before."""
    if not is_week(easy_days):
        raise ValueError(easy_days)
    return StudySettings.row(spreading_seed=learner.pk if has_spreading else 0, easy_days=easy_days)


def change_rights(*, learner: Learner, is_active: bool, is_staff: bool, is_superuser: bool) -> None:
    """Who may sign in, work in the admin, and do everything there."""
    learner.is_active, learner.is_staff, learner.is_superuser = is_active, is_staff, is_superuser
    learner.save(update_fields=["is_active", "is_staff", "is_superuser"])


def set_password(*, learner: Learner, password: str) -> None:
    """A new password. Whoever is signed in with the old one is signed out."""
    learner.set_password(password)
    learner.save(update_fields=["password"])


class LastAdmin(ValueError):
    """Nobody could open the admin any more."""


def delete_learner(*, learner: Learner, now: datetime) -> None:
    """The learner goes, with the log and all that is theirs alone; what others use stays, without a name.

    reports.my_data.Leaving says the same before it is done. Raises LastAdmin for the last active superuser.
    """
    with transaction.atomic():
        # Admins who leave at the same instant do so one after the other.
        admins = Learner.objects.select_for_update(no_key=True).filter(is_superuser=True, is_active=True)
        if {admin.pk for admin in admins.order_by("pk")} == {learner.pk}:
            raise LastAdmin(
                _("This is the last account that opens the whole admin. Give those rights to another first.")
            )
        _leave([learner], now)


def _leave(learners: Collection[Learner], now: datetime) -> None:
    """Groups get another owner, decks that others study become the site's, pictures that a card shows there nobody's;
    then the learners go."""
    pass_on_groups(leavers=learners, now=now)
    Picture.objects.kept_without(learners).update(owner=None)
    Deck.objects.kept_without(learners).update(owner=None)
    for picture in Picture.objects.filter(owner__in=learners):
        transaction.on_commit(partial(default_storage.delete, picture.file_name))
    Learner.objects.filter(pk__in=[learner.pk for learner in learners]).delete()


def merge_learners(*, guest: Learner, into: Learner) -> int:
    """Moves all that is the guest's to the account, and the guest goes. Returns how many study events moved.

    Where both have a log for the same card part, the events are ordered by instant (ties by id; neither log's own
    order changes), renumbered, and replayed. Doing it again finds no guest and changes nothing.
    """
    for _try in range(MERGE_TRIES):
        try:
            with transaction.atomic():
                return _merge(guest, into)
        except IntegrityError:
            continue  # a grade on the account, from another device, took a number of the merged log: read again
    raise RuntimeError("Others wrote faster each time.")


def _merge(guest: Learner, into: Learner) -> int:
    # Two merges, or a merge and an undo, come one after the other. Whoever appends an event is not held up: were they,
    # they and we could wait for each other.
    learners = (
        Learner.objects.select_for_update(no_key=True).filter(pk__in=[guest.pk, into.pk]).order_by("pk")
    )
    locked = {learner.pk: learner for learner in learners}
    if guest.pk not in locked or not locked[guest.pk].is_guest or guest.pk == into.pk:
        return 0
    guest, account = locked[guest.pk], locked[into.pk]
    moved = _move_all(guest, account)
    # From here on a grade of the guest's that has not been committed cannot be any more; one that was, moves as well.
    Learner.objects.select_for_update().get(pk=guest.pk)
    moved += _move_all(guest, account)
    days = [day for day in (guest.latest_study_on, account.latest_study_on) if day]
    account.latest_study_on = into.latest_study_on = max(days, default=None)
    account.has_deck_limits = into.has_deck_limits = guest.has_deck_limits or account.has_deck_limits
    account.save(update_fields=["latest_study_on", "has_deck_limits"])
    guest.delete()
    return moved


def _move_all(guest: Learner, into: Learner) -> int:
    moved = _move_logs(guest, into)
    _drop_same_suggestions(guest, into)
    _close_doubled_flags(guest, into)
    move_searches(guest=guest, into=into)
    move_notes(guest=guest, into=into)
    for model, field in (
        (Deck, "owner"),
        (Picture, "owner"),
        (Suggestion, "proposer"),
        (Suggestion, "decided_by"),
        (SuggestionComment, "author"),
        (Flag, "learner"),
        (Flag, "closed_by"),
        (DemoRun, "learner"),
        (Notice, "learner"),
        (Notice, "by"),
    ):
        model._default_manager.filter(**{field: guest}).update(**{field: into})
    Revision.objects.filter(author=guest).rewrite(author=into)
    Revision.objects.filter(co_author=guest).rewrite(co_author=into)
    studied = Enrolment.objects.filter(learner=into).values("deck")
    Enrolment.objects.filter(learner=guest).exclude(deck__in=studied).update(learner=into)
    return moved


def _move_logs(guest: Learner, into: Learner) -> int:
    """Logs that the account lacks move as they are; the others are interleaved. Returns how many events moved."""
    theirs = StudyEvent.objects.filter(learner=guest)
    moved: int = theirs.count()
    logs, own_logs = (
        set(events.values_list("card_id", "part").distinct())
        for events in (theirs, StudyEvent.objects.filter(learner=into))
    )
    for card_id, part in sorted(logs & own_logs):
        _interleave(guest, into, card_id, part)
    theirs.rewrite(learner=into)
    Schedule.objects.filter(learner=guest).update(learner=into)
    return moved


def _interleave(guest: Learner, into: Learner, card_id: int, part: int) -> None:
    log = StudyEvent.objects.of(into, card_id, part)
    # Numbers are unique at each moment, so all step aside before each takes its place. They are read after that: an
    # event that is appended meanwhile wants a number that is ours, and has to wait.
    log.rewrite(number=F("number") + APART)
    StudyEvent.objects.of(guest, card_id, part).rewrite(learner=into, number=F("number") + 2 * APART)
    own = [event for event in log.all() if event.number <= 2 * APART]
    theirs = [event for event in log.all() if event.number > 2 * APART]
    for number, event in enumerate(merge(own, theirs, key=lambda event: (event.at, event.pk)), start=1):
        StudyEvent.objects.filter(pk=event.pk).rewrite(number=number)
    Schedule.objects.filter(learner=guest, card_id=card_id, part=part).delete()
    write_replay(learner=into, card_id=card_id, part=part)


def _drop_same_suggestions(guest: Learner, into: Learner) -> None:
    """The same proposal is open once, as when one learner hands it in twice."""
    for theirs in Suggestion.objects.open().filter(proposer=guest):
        own = Suggestion.objects.open().filter(
            proposer=into, kind=theirs.kind, card=theirs.card_id, deck=theirs.deck_id
        )
        if any(suggestion.wording == theirs.wording for suggestion in own):
            theirs.delete()


def _close_doubled_flags(guest: Learner, into: Learner) -> None:
    """Of two open flags on one card the newer stands, as when one learner flags it twice."""
    own = {flag.card_id: flag for flag in Flag.objects.open().filter(learner=into)}
    for theirs in Flag.objects.open().filter(learner=guest, card__in=own):
        older, newer = sorted((own[theirs.card_id], theirs), key=lambda flag: flag.created_at)
        older.closed_at, older.closed_by = newer.created_at, into
        older.save(update_fields=["closed_at", "closed_by"])


def remove_idle_guests(*, now: datetime) -> int:
    """Deletes guests who have done nothing for 60 days, as if each had left. Returns how many."""
    with transaction.atomic():
        idle = Learner.objects.guests_idle_since(now - timedelta(days=GUEST_IDLE_DAYS))
        locked = list(idle.select_for_update().values_list("pk", flat=True))
        # Asked again, now that nothing can be added to them.
        gone = list(idle.filter(pk__in=locked))
        _leave(gone, now)
    return len(gone)
