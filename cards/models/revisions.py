"""How a card's wording came to be: past wordings, proposed ones, and what learners said is wrong."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.cardtext import Wording
from cards.models.append_only import AppendOnly, AppendOnlyQuerySet
from cards.models.decks import Card, Deck, DeckQuerySet
from cards.models.learners import Learner


class Worded(models.Model):
    """The three texts that make a wording."""

    prompt = models.TextField()
    answer = models.TextField(blank=True)
    details = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def wording(self) -> Wording:
        return Wording(self.prompt, self.answer, self.details)


class RevisionQuerySet(AppendOnlyQuerySet):
    def known_to(self, learner: Learner, graded_at: datetime) -> Self:
        """Wordings that the learner had before them at that grade, or wrote: as an edit, or as they proposed it."""
        proposed = Q(
            suggestion__proposer=learner, suggestion__prompt=F("prompt"), suggestion__answer=F("answer")
        )
        return self.filter(Q(created_at__lte=graded_at) | Q(author=learner) | proposed)


class Revision(AppendOnly, Worded):
    """One wording that a card had, numbered 1, 2, 3 … for its card."""

    class Source(models.TextChoices):
        CREATED = "created", _("written")
        EDITED = "edited", _("edited")
        LOADED = "loaded", _("loaded from the deck file")
        IMPORTED = "imported", _("imported")
        SUGGESTED = "suggested", _("accepted suggestion")
        RESTORED = "restored", _("restored")
        UNDONE = "undone", _("edit taken back")

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=9, choices=Source)
    author = models.ForeignKey(Learner, null=True, on_delete=models.SET_NULL, related_name="revisions")
    co_author = models.ForeignKey(
        Learner, null=True, on_delete=models.SET_NULL, related_name="co_authored_revisions"
    )
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    undoes = models.PositiveIntegerField(
        null=True, help_text=_("The number of the revision that it takes back.")
    )

    objects: ClassVar[RevisionQuerySet] = RevisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["card", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="one_revision_per_number"),
            models.UniqueConstraint(fields=["card", "undoes"], name="one_undo_per_revision"),
        ]
        indexes = [models.Index(fields=["author", "-created_at"], name="revision_by_author")]

    def __str__(self) -> str:
        return f"revision {self.number} of card {self.card_id}"


def changed_since(card: Card, learner: Learner) -> Wording | None:
    """What the learner knows of a card that asks or answers otherwise by now; None where it does not.

    `card` is one of `with_schedule`. A change that was taken back is none, nor is one of its tags or demo.
    """
    if card.own is None or card.own.graded_at is None or card.revision_number == 1:
        return None
    revisions = Revision.objects.filter(card=card).known_to(learner, card.own.graded_at)
    known: Revision | None = revisions.order_by("-number").first()
    if known is None or (known.prompt, known.answer) == (card.prompt, card.answer):
        return None
    return known.wording


def was_reworded(card: Card, since: int) -> bool:
    """Whether the card asks or answers otherwise than in its revision `since`. No query where that is its latest."""
    if card.revision_number == since:
        return False
    shown = Revision.objects.filter(card=card, number=since).first()
    return shown is None or (shown.prompt, shown.answer) != (card.prompt, card.answer)


def revisions_at(places: Collection[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
    """The revisions of those cards with those numbers, by both. One query."""
    cards, numbers = {card for card, _ in places}, {number for _, number in places}
    found = Revision.objects.filter(card__in=cards, number__in=numbers)
    return {(revision.card_id, revision.number): revision for revision in found}


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def about(self, decks: DeckQuerySet) -> Self:
        """Those about cards of these decks, and about cards that these are to have."""
        of_cards = Suggestion.objects.filter(card__deck__in=decks)
        return self.filter(pk__in=_either(of_cards, Suggestion.objects.filter(card=None, deck__in=decks)))

    def decidable_by(self, learner: Learner | None) -> Self:
        """Those about decks that the learner may edit."""
        return self.about(Deck.objects.editable_by(learner))

    def visible_to(self, learner: Learner | None) -> Self:
        """One's own, and those that one may decide, about decks that one may read."""
        if learner is None:
            return self.none()
        own = Suggestion.objects.filter(proposer=learner).about(Deck.objects.visible_to(learner))
        decided = Suggestion.objects.decidable_by(learner)
        return self.filter(pk__in=_either(own, decided))

    def discussable_by(self, learner: Learner | None) -> Self:
        """Of those visible to the learner, the ones to which they may say something: a viewer of a deck only reads."""
        return self.visible_to(learner).about(Deck.objects.correctable_by(learner))

    def open(self) -> Self:
        return self.filter(status="open")


def _either(one: SuggestionQuerySet, other: SuggestionQuerySet) -> QuerySet[Any]:
    """The ids of what either finds, each by its own index: of two conditions in one query PostgreSQL reads all rows."""
    return one.order_by().values("pk").union(other.order_by().values("pk"), all=True)


class Suggestion(Worded):
    """A wording that somebody proposes for a card, with a reason; or a new card, or that a card should go."""

    class Kind(models.TextChoices):
        CHANGE = "change", _("another wording")
        NEW = "new", _("a new card")
        REMOVAL = "removal", _("a removal")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    kind = models.CharField(max_length=7, choices=Kind, default=Kind.CHANGE, verbose_name=_("kind"))
    card = models.ForeignKey(
        Card, null=True, on_delete=models.CASCADE, related_name="suggestions", verbose_name=_("card")
    )
    # Of a new card, which is `card` once it is accepted. Of another it is the card's, wherever that has moved.
    deck = models.ForeignKey(
        Deck, null=True, blank=True, on_delete=models.CASCADE, related_name="suggestions", editable=False
    )
    proposer = models.ForeignKey(
        Learner, null=True, on_delete=models.SET_NULL, related_name="suggestions", verbose_name=_("proposer")
    )
    base_number = models.PositiveIntegerField(
        help_text=_("The revision that the proposer saw; of a new card 0.")
    )
    reason = models.CharField(max_length=500, verbose_name=_("reason"))
    source = models.CharField(max_length=500, blank=True, help_text=_("Where it can be read up."))
    created_at = models.DateTimeField(verbose_name=_("created at"))
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN, verbose_name=_("status"))
    decided_by = models.ForeignKey(
        Learner, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=500, blank=True, help_text=_("A word to the proposer."))
    revision = models.OneToOneField(
        Revision, null=True, blank=True, on_delete=models.SET_NULL, related_name="suggestion", editable=False
    )

    objects: ClassVar[SuggestionQuerySet] = SuggestionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["status", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="decided_when_not_open",
                condition=Q(status="open", decided_at=None)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="about_a_card_or_new_in_a_deck",
                condition=Q(kind="new", deck__isnull=False)
                | (~Q(kind="new") & Q(card__isnull=False, deck=None)),
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(status="open"), name="open_suggestions")]

    def __str__(self) -> str:
        return gettext("suggestion for %(what)s") % {"what": self.card or self.deck}

    def get_absolute_url(self) -> str:
        return reverse("cards:suggestion_detail", args=[self.pk])

    @property
    def is_withdrawn(self) -> bool:
        """Whether its proposer took it back: declined it, that is, by their own hand."""
        own = self.proposer_id is not None and self.decided_by_id == self.proposer_id
        return own and self.status == self.Status.DECLINED

    @property
    def subject(self) -> Card:
        """The card that is to change or to go; of a proposed card there is none before it is accepted."""
        assert self.card is not None  # by the constraint
        return self.card

    @property
    def about_deck(self) -> Deck:
        """The deck that it is about."""
        if self.card is not None:
            return self.card.deck
        assert self.deck is not None  # by the constraint
        return self.deck


class SuggestionComment(models.Model):
    """A word between the proposer and those who decide."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        Learner, null=True, on_delete=models.SET_NULL, related_name="suggestion_comments"
    )
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("suggestion comment")
        verbose_name_plural = _("suggestion comments")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"a word on {self.suggestion_id}"


class FlagQuerySet(models.QuerySet["Flag"]):
    def about(self, decks: DeckQuerySet) -> Self:
        return self.filter(card__deck__in=decks)

    def decidable_by(self, learner: Learner | None) -> Self:
        return self.about(Deck.objects.editable_by(learner))

    def open(self) -> Self:
        return self.filter(closed_at=None)


class Flag(models.Model):
    """A learner says, in one key, that something about a card is not right. It can be withdrawn while it is open."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("wrong")
        UNCLEAR = "unclear", _("unclear")
        TYPO = "typo", _("typo")

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="flags", verbose_name=_("card"))
    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, related_name="flags", verbose_name=_("learner")
    )
    kind = models.CharField(max_length=7, choices=Kind, verbose_name=_("kind"))
    note = models.CharField(max_length=500, blank=True, verbose_name=_("note"))
    revision_number = models.PositiveIntegerField(
        help_text=_("The revision that was flagged."), verbose_name=_("revision number")
    )
    created_at = models.DateTimeField(verbose_name=_("created at"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("closed at"))
    closed_by = models.ForeignKey(
        Learner,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects: ClassVar[FlagQuerySet] = FlagQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "learner", "kind"],
                condition=Q(closed_at=None),
                name="one_open_flag_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.card}"
