"""Decks, the cards in them, and who studies which deck."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.cardtext import Wording, hidden, question_of, show
from cards.models.groups import Right, StudyGroup
from cards.models.learners import Learner
from cards.models.limits import DayLimits
from cards.models.parts import WHOLE, is_asked, parts_in

if TYPE_CHECKING:
    from cards.models.discussions import Note
    from cards.models.study import Schedule


class DeckQuerySet(models.QuerySet["Deck"]):
    def visible_to(self, learner: Learner | None) -> Self:
        """Public decks, the learner's own, and their groups'. For staff, every deck but those of other people's own."""
        seen = Q(is_public=True, archived_at=None)
        if learner is not None:
            seen |= Q(owner=learner)
            if learner.is_staff:
                seen |= Q(is_public=True) | Q(owner=None)
            elif not learner.is_guest:
                seen |= Q(group__among=StudyGroup.objects.allowing(learner, Right.READ))
        return self.filter(seen)

    def correctable_by(self, learner: Learner | None) -> Self:
        """Those whose cards the learner may flag, and propose other wordings for: not those that they only view."""
        return self.visible_to(learner).filter(_takes_part(learner))

    def editable_by(self, learner: Learner | None) -> Self:
        """One's own decks, and those of groups that one edits; for staff the public ones and the site's too."""
        if learner is None:
            return self.none()
        mine = Q(owner=learner)
        if learner.is_staff:
            mine |= Q(is_public=True) | Q(owner=None, group=None)
        if not learner.is_guest:
            mine |= Q(group__among=StudyGroup.objects.allowing(learner, Right.EDIT))
        return self.filter(mine)

    def reachable_from(self, deck: "Deck", learner: Learner | None) -> Self:
        """Where the learner may move that deck's cards: to others that they edit, and out of no group."""
        decks = self.active().editable_by(learner).exclude(pk=deck.pk)
        return decks if deck.group_id is None else decks.filter(group=deck.group_id)

    def learnt_in(self, group: StudyGroup) -> Self:
        """The group's own decks, and the public ones that it follows; none of the archive."""
        return self.active().filter(
            Q(group=group) | Q(is_public=True, pk__among=group.followings.values("deck"))
        )

    def active(self) -> Self:
        """Neither in the archive nor in a group that is."""
        # Were it not said that a deck may have no group, PostgreSQL would take that for rare, and plan for a few decks.
        return self.filter(Q(group=None) | Q(group__archived_at=None), archived_at=None)

    def studied_by(self, learner: Learner | None) -> Self:
        """The decks whose cards come up in the learner's reviews; for somebody unknown, the starter decks."""
        if learner is None:
            return self.active().filter(is_starter=True, is_public=True)
        return self.active().studiable_by(learner).filter(enrolments__learner=learner)

    def studiable_by(self, learner: Learner | None) -> Self:
        """Those that the learner may study: what they may read, but for staff not those of groups they are not in."""
        decks = self.visible_to(learner)
        if learner is None or not learner.is_staff:
            return decks
        return decks.filter(Q(group=None) | Q(group__in=StudyGroup.objects.of(learner)))

    def with_counts(self, learner: Learner | None) -> Self:
        """Annotates `card_count`, `unanswered_count` and that learner's `learnt_count`."""
        live = Q(cards__archived_at=None)
        decks = self.annotate(
            card_count=Count("cards", filter=live, distinct=True),
            unanswered_count=Count("cards", filter=live & needs_answer("cards__"), distinct=True),
        )
        # Those of all others who learn the deck are not even joined: there may be ten thousand.
        theirs = FilteredRelation("cards__schedules", condition=Q(cards__schedules__learner=learner))
        learnt = live & Q(own__due_on__isnull=False) & is_asked("cards__parts", "own__")
        decks = decks.annotate(own=theirs).annotate(
            learnt_count=Count("own__card", filter=learnt, distinct=True)
        )
        return decks.order_by("name", "pk")  # a query that groups forgets the order of Meta

    def kept_without(self, owners: Collection[Learner], groups: Collection[StudyGroup] = ()) -> Self:
        """Of the owners' decks those that outlive them: public ones, and those that others study or have studied.

        So of the decks of the groups that would go with them, which would be theirs.
        """
        others = Learner.objects.exclude(pk__in=[owner.pk for owner in owners]).order_by()
        enrolled = Exists(others.filter(enrolments__deck=OuterRef("pk")))
        studied = Exists(others.filter(schedules__card__deck=OuterRef("pk")))
        theirs = Q(owner__in=owners) | Q(group__in=groups)
        return self.filter(theirs, Q(is_public=True) | enrolled | studied)


class Deck(models.Model):
    """A named list of cards: somebody's own, a group's, or the site's (it ships with the product, or is made there)."""

    name = models.CharField(max_length=200, verbose_name=_("name"))
    description = models.TextField(blank=True, verbose_name=_("description"))
    owner = models.ForeignKey(
        Learner,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="decks",
        help_text=_("Empty: the site's."),
        verbose_name=_("owner"),
    )
    group = models.ForeignKey(
        StudyGroup,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,  # actions.groups.delete_group says who gets them
        related_name="decks",
    )
    is_public = models.BooleanField(default=False, help_text=_("Everybody can read and study it."))
    is_starter = models.BooleanField(default=False, help_text=_("New learners and guests begin with it."))
    source_key = models.SlugField(
        max_length=80,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text=_("The deck file it is loaded from."),
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True, verbose_name=_("archived at"))

    objects: ClassVar[DeckQuerySet] = DeckQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("deck")
        verbose_name_plural = _("decks")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="deck_public", condition=Q(is_public=True))]
        constraints = [
            models.CheckConstraint(
                name="of_one_or_of_a_group", condition=Q(group=None) | Q(owner=None, is_public=False)
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cards:deck_detail", args=[self.pk])


def _takes_part(learner: Learner | None, deck: str = "") -> Q:
    """Of what the learner may read: what is in no group, or in one in which they may do more than that."""
    groups = StudyGroup.objects.allowing(learner, Right.TAKE_PART)
    return Q(**{f"{deck}group": None}) | Q(**{f"{deck}group__in": groups})


class Enrolment(DayLimits):
    """A learner studies a deck, and may set limits for it beside the overall ones."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="enrolments")
    deck = models.ForeignKey(Deck, on_delete=models.CASCADE, related_name="enrolments")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [models.UniqueConstraint(fields=["learner", "deck"], name="one_enrolment")]

    def __str__(self) -> str:
        return f"{self.learner_id} studies {self.deck_id}"


def needs_answer(card: str = "") -> Q:
    """Nothing says what is right, not even a cloze. `card` comes before the names of the card's columns."""
    return Q((f"{card}answer", ""), (f"{card}parts", WHOLE))


class CardQuerySet(models.QuerySet["Card"]):
    def visible_to(self, learner: Learner | None) -> Self:
        """The cards of the decks that the learner may read."""
        return self.filter(deck__in=Deck.objects.visible_to(learner))

    def correctable_by(self, learner: Learner | None) -> Self:
        return self.filter(deck__in=Deck.objects.correctable_by(learner))

    def editable_by(self, learner: Learner | None) -> Self:
        return self.filter(deck__in=Deck.objects.editable_by(learner))

    def active(self) -> Self:
        no_archive = Q(deck__group=None) | Q(deck__group__archived_at=None)  # as of decks
        return self.filter(no_archive, archived_at=None, deck__archived_at=None)

    def needing_an_answer(self) -> Self:
        return self.active().filter(needs_answer())

    def with_schedule(self, learner: Learner, part: int | None = None) -> Self:
        """Each card with its deck, and in `card.own` the learner's schedule of that part, or None.

        Without a part, that of the part which is due the soonest; of suspended ones only where all are.
        """
        cards, of_part = self, Q(schedules__part=part)
        if part is None:
            rows = learner.schedules.filter(is_asked(OuterRef("parts")), card=OuterRef("pk"))
            soonest = rows.order_by("is_suspended", F("due_on").asc(nulls_last=True), "part").values("part")
            first = Case(
                When(parts=WHOLE, then=0), default=Subquery(soonest[:1]), output_field=IntegerField()
            )
            cards, of_part = self.alias(first_part=first), Q(schedules__part=F("first_part"))
        own = FilteredRelation("schedules", condition=Q(schedules__learner=learner) & of_part)
        return cards.annotate(own=own).select_related("deck", "own")

    def with_note(self, learner: Learner) -> Self:
        """Each card with, in `card.own_note`, the learner's note on it, or None."""
        own = FilteredRelation("notes", condition=Q(notes__learner=learner))
        return self.annotate(own_note=own).select_related("own_note")

    def with_can_correct(self, learner: Learner | None) -> Self:
        """Cards that the learner may read, each with `card.can_correct`: whether they may flag it, and suggest."""
        can = ExpressionWrapper(_takes_part(learner, "deck__"), BooleanField())
        return self.annotate(can_correct=can)

    def learnt_in(self, group: StudyGroup) -> Self:
        """Those of the group's decks, and of the decks that it follows."""
        return self.filter(
            deck__in=Deck.objects.filter(Q(group=group) | Q(pk__among=group.followings.values("deck")))
        )

    def new_to(self, learner: Learner | None, today: date) -> Self:
        """Active cards with a part that the learner has no due day for, and that may come today.

        That is no card of which something is suspended, or skipped today; nor, unless the learner has the parts of a
        card together, one of which another part was done today or is due.
        """
        if learner is None:
            return self.active()
        stops = Q(is_suspended=True) | Q(skipped_on=today)
        if not learner.has_siblings:
            stops |= Q(counted_on__gte=today)
        # Of whole cards one list for all, which is read once: of a deck that is learnt each would be looked up.
        stopped = learner.schedules.filter(stops | Q(part=0, due_on__isnull=False)).values("card")
        is_new = Q(parts=WHOLE) & ~Q(pk__in=stopped)
        known = is_asked(OuterRef("parts")) & Q(due_on__isnull=False)
        if not learner.has_siblings:
            stops |= known & Q(due_on__lte=today)
        is_free = ~Exists(learner.schedules.filter(stops, card=OuterRef("pk")))
        has_more = Q(part_count__gt=_known_count(learner))
        return self.active().filter(is_new | ~Q(parts=WHOLE) & has_more & is_free)

    def with_new_count(self, learner: Learner) -> Self:
        """Each with `new_count`: how many of its parts the learner has no due day for."""
        left = ExpressionWrapper(F("part_count") - _known_count(learner), IntegerField())
        return self.annotate(new_count=left)


def _known_count(learner: Learner) -> Coalesce:
    """Of a card, how many of its parts the learner has a due day for."""
    known = learner.schedules.filter(
        is_asked(OuterRef("parts")), card=OuterRef("pk"), due_on__isnull=False
    ).order_by()
    return Coalesce(
        Subquery(known.annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")), 0
    )


class Card(models.Model):
    """A prompt and its answer, both in Markdown, with details (`reference:`, `tags:`, `demo:` lines).

    The wording is the newest revision's; cards.actions.cards writes both in one transaction.
    """

    deck = models.ForeignKey(Deck, on_delete=models.CASCADE, related_name="cards", verbose_name=_("deck"))
    key = models.SlugField(
        max_length=80, blank=True, editable=False, help_text=_("Names the card in a deck file.")
    )
    position = models.PositiveIntegerField(default=0)
    prompt = models.TextField()
    answer = models.TextField(blank=True)
    details = models.TextField(blank=True, help_text=_("Lines such as `reference: …`, `tags: …`, `demo: …`."))
    revision_number = models.PositiveIntegerField(
        default=1, editable=False, verbose_name=_("revision number")
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True, verbose_name=_("archived at"))
    # What searches look into: models.search.searchable of the wording. PostgreSQL has an index on each, by migration.
    search_text = models.TextField(default="", editable=False)
    search_tags = models.TextField(default="", editable=False)
    # Which parts it has (models.parts), and how many: they follow from the prompt.
    parts = models.PositiveIntegerField(default=WHOLE, db_default=WHOLE, editable=False)
    part_count = models.PositiveSmallIntegerField(default=1, db_default=1, editable=False)

    objects: ClassVar[CardQuerySet] = CardQuerySet.as_manager()  # type: ignore[assignment]
    own: "Schedule | None" = (
        None  # the schedule that with_schedule() found, or that of the part that is asked
    )
    part = 0  # the part that is asked
    own_note: "Note | None" = None  # the note that with_note() found
    can_correct = False  # what with_can_correct() found

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["deck", "position", "pk"]
        indexes = [
            models.Index(fields=["deck", "position", "id"], name="card_in_deck"),
            models.Index(fields=["deck"], name="card_unanswered", condition=needs_answer()),
            models.Index(fields=["deck"], name="card_with_demo", condition=Q(details__contains="demo:")),
            # So that counting what is due reads no card's text.
            models.Index(fields=["id", "deck", "parts"], name="card_live", condition=Q(archived_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["deck", "key"], condition=~Q(key=""), name="one_card_per_key"),
        ]

    def __str__(self) -> str:
        from cards.markup import plain

        text = plain(question_of(self.prompt))
        return text if len(text) <= 90 else text[:89].rsplit(" ", 1)[0].rstrip(",;:") + "…"

    def get_absolute_url(self) -> str:
        return reverse("cards:card_detail", args=[self.pk])

    @property
    def wording(self) -> Wording:
        """What the card says now."""
        return Wording(self.prompt, self.answer, self.details)

    @property
    def question(self) -> str:
        """What is asked: the prompt with the gaps of the part that is."""
        return show(self.prompt, self.part) if self.part else self.wording.question

    @property
    def solution(self) -> str:
        """The same with these gaps filled in."""
        return show(self.prompt, self.part, is_filled=True) if self.part else self.wording.question

    @property
    def expected(self) -> str:
        """What is compared with what a learner wrote: the answer, or what the gaps asked for."""
        return "; ".join(hidden(self.prompt, self.part)) if self.part else self.answer

    @property
    def part_numbers(self) -> tuple[int, ...]:
        """The parts that it has: 0 alone, the whole card; or the numbers of its clozes."""
        return parts_in(self.parts)

    @property
    def has_clozes(self) -> bool:
        return self.parts != WHOLE

    @property
    def needs_answer(self) -> bool:
        return not self.answer and not self.has_clozes
