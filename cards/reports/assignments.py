"""How far a group is with what it is to learn: each member by themselves, and together.

A card with clozes is learnt when each of its parts is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cards.models import Assignment, Card, Enrolment, Learner, Membership, Right, Schedule, StudyGroup
from cards.search import fold

FEWEST_UNSEEN = 2  # with one, a total less what one sees is that one's own progress


@dataclass(frozen=True, slots=True)
class Due:
    """What an assignment asks of a learner on a study day. `limit` is how many new cards theirs let in."""

    assignment: Assignment
    total: int
    learnt: int
    today: date
    is_studied: bool
    limit: int | None = None
    is_decks_limit: bool = False

    @property
    def left(self) -> int:
        return self.total - self.learnt

    @property
    def days_left(self) -> int:
        """Today's is one of them. None is left of one that is overdue."""
        return max(0, (self.assignment.due_on - self.today).days + 1)

    @property
    def is_overdue(self) -> bool:
        return bool(self.left) and not self.days_left

    @property
    def per_day(self) -> int:
        """Cards a day from today on, so that none is left at the end."""
        return -(-self.left // self.days_left) if self.days_left else self.left

    @property
    def is_held_back(self) -> bool:
        """Whether the learner's limits let in fewer cards a day."""
        return bool(self.left) and self.limit is not None and self.limit < self.per_day


def cards_of(assignment: Assignment, prefix: str = "") -> Q:
    """Which cards it asks for: the deck's, or those that have one of its tags; none of the archive."""
    wanted = Q(**{f"{prefix}deck": assignment.deck_id, f"{prefix}archived_at": None})
    tagged = [Q(**{f"{prefix}search_tags__contains": f"\n{fold(tag)}\n"}) for tag in assignment.tag_list]
    return wanted & Q(*tagged, _connector=Q.OR) if tagged else wanted


def due_assignments(learner: Learner, today: date, group: StudyGroup | None = None) -> list[Due]:
    """What the learner's groups, or that one, ask of them. Four queries, however many that is."""
    asked = Assignment.objects.standing().select_related("group", "deck")
    groups = StudyGroup.objects.of(learner) if group is None else [group]
    assignments = list(asked.filter(group__in=groups).order_by("due_on", "pk"))
    if not assignments:
        return []
    cards = Card.objects.filter(deck__in={each.deck_id for each in assignments})
    count = {str(each.pk): Count("pk", filter=cards_of(each)) for each in assignments}
    totals = cards.aggregate(**count)
    # Whether a card is learnt is looked up once for all of them.
    learnt = cards.with_new_count(learner).filter(new_count=0).aggregate(**count)  # type: ignore[misc]
    enrolments = {
        row.deck_id: row
        for row in Enrolment.objects.filter(learner=learner, deck__in={each.deck_id for each in assignments})
    }
    found = []
    for each in assignments:
        enrolment = enrolments.get(each.deck_id)
        overall, of_deck = learner.new_limit(today), enrolment.new_limit(today) if enrolment else None
        limits = [limit for limit in (overall, of_deck) if limit is not None]
        found.append(
            Due(
                each,
                totals[str(each.pk)],
                learnt[str(each.pk)],
                today,
                is_studied=enrolment is not None,
                limit=min(limits, default=None),
                is_decks_limit=of_deck is not None and (overall is None or of_deck <= overall),
            )
        )
    return found


def asking(dues: Iterable[Due], today: date) -> list[Due]:
    """Those that still ask for something, and those that are done until their day is over."""
    return [due for due in dues if due.left or due.assignment.due_on >= today]


@dataclass(frozen=True, slots=True)
class MemberProgress:
    membership: Membership
    learnt: int

    @property
    def name(self) -> str:
        return self.membership.learner.public_name


@dataclass(frozen=True)
class GroupProgress:
    """How far the members are, as far as whoever looks may know. `rows` are those whom they see one by one."""

    total: int
    rows: list[MemberProgress]
    unseen: list[MemberProgress]

    @property
    def member_count(self) -> int:
        return len(self.rows) + len(self.unseen)

    @cached_property
    def counted(self) -> list[MemberProgress]:
        """Of whom the totals tell: of all, unless one could find out by them how far the only unseen one is."""
        return self.rows + (self.unseen if len(self.unseen) >= FEWEST_UNSEEN else [])

    @property
    def is_of_all(self) -> bool:
        return len(self.counted) == self.member_count

    @property
    def done_count(self) -> int:
        return sum(member.learnt >= self.total for member in self.counted)

    @property
    def percent(self) -> int:
        """Of all cards of all who count, rounded down: it is 100 when all are through."""
        most = self.total * len(self.counted)
        return 100 * sum(member.learnt for member in self.counted) // most if most else 0


def group_progress(assignment: Assignment, viewer: Learner) -> GroupProgress:
    """By learnt cards, the furthest first. Three queries at most, however many members and cards there are."""
    group, shown = assignment.group, StudyGroup.ProgressShown
    # Counted member by member: of all of them at once PostgreSQL reads the schedules of everybody.
    theirs = Schedule.objects.known_cards().filter(
        cards_of(assignment, "card__"), learner=OuterRef("learner")
    )
    count = theirs.order_by().values("learner").annotate(n=Count("card", distinct=True)).values("n")
    standing = group.memberships.standing().select_related("learner")
    members = list(standing.annotate(learnt=Coalesce(Subquery(count), 0)))
    own = next((member for member in members if member.learner_id == viewer.pk), None)
    cards = Card.objects.filter(cards_of(assignment))
    sees_others = own is not None and (
        group.progress_shown == shown.EVERYONE
        or (group.progress_shown == shown.EDITORS and own.may(Right.EDIT))
    )
    all_of_them = [MemberProgress(member, member.learnt) for member in members]  # type: ignore[attr-defined]
    all_of_them.sort(key=lambda each: (-each.learnt, each.name.lower()))
    seen = {
        member.pk
        for member in members
        if member.learner_id == viewer.pk or (sees_others and member.shows_progress)
    }
    return GroupProgress(
        cards.count(),
        [each for each in all_of_them if each.membership.pk in seen],
        [each for each in all_of_them if each.membership.pk not in seen],
    )
