"""Writing cards: make, edit, restore, move, archive. A new wording is a revision, and resets no schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from cards.cardtext import Wording
from cards.models import Card, Deck, Learner, Picture, Revision
from cards.models.parts import part_columns
from cards.models.pictures import PICTURE
from cards.models.search import searchable

FOLDED_AT_ONCE = 500
EDITED_AT_ONCE = 100


class KeyedCard(Exception):
    """The card is named in a deck file, and stays in that file's deck."""


class StaleEdit(Exception):
    """Somebody saved the card since the editor opened it. `card` is as it is now."""

    def __init__(self, card: Card) -> None:
        super().__init__("The card was changed since you opened it.")
        self.card = card


def make_card(
    *,
    deck: Deck,
    wording: Wording,
    author: Learner | None,
    now: datetime,
    key: str = "",
    source: Revision.Source = Revision.Source.CREATED,
    reason: str = "",
    co_author: Learner | None = None,
) -> Card:
    """Adds a card at the deck's end, with its first revision.

    Where the deck ends with a card that says the very same, that is it: nothing is made twice.
    """
    with transaction.atomic():
        # Both halves of a double click queue here; whoever reviews is not held up.
        Deck.objects.select_for_update(no_key=True).get(pk=deck.pk)
        last = Card.objects.filter(deck=deck).order_by("position", "pk").last()
        if last and (last.key, last.archived_at, last.wording) == (key, None, wording):
            return last
        card = _new_card(deck, wording, last.position + 1 if last else 0, now)
        card.key = key
        card.save(force_insert=True)
        _write_revision(card, source, author, co_author, reason, now)
    return card


def make_cards(
    *,
    deck: Deck,
    wordings: Sequence[Wording],
    author: Learner | None,
    now: datetime,
    source: Revision.Source = Revision.Source.CREATED,
) -> None:
    """Adds many cards at the deck's end, each with its first revision, in a few statements for hundreds of them."""
    with transaction.atomic():
        first = next_position(deck)
        cards = Card.objects.bulk_create(
            [
                _new_card(deck, wording, position, now)
                for position, wording in enumerate(wordings, start=first)
            ]
        )
        Revision.objects.bulk_create([_revision(card, source, author, None, "", now) for card in cards])
        for card in cards:
            _open_pictures(card, author)


def edit_card(
    *,
    card: Card,
    wording: Wording,
    base_number: int,
    author: Learner | None,
    now: datetime,
    reason: str = "",
    co_author: Learner | None = None,
    source: Revision.Source = Revision.Source.EDITED,
    undoes: int | None = None,
) -> Revision | None:
    """Gives the card a new wording, as its next revision. Returns None, writing nothing, when it says that.

    Raises StaleEdit when the card is no longer at revision `base_number`, and says something else.
    """
    with transaction.atomic():
        current = Card.objects.select_for_update().get(pk=card.pk)
        if current.wording == wording:  # asked first: the other half of a double click finds its own edit
            return None
        if current.revision_number != base_number:
            raise StaleEdit(current)
        columns = _columns(wording)
        for name, value in columns.items():
            setattr(current, name, value)
        current.revision_number += 1
        current.save(update_fields=[*columns, "revision_number"])
        revision = _write_revision(current, source, author, co_author, reason, now, undoes)
    card.refresh_from_db()
    return revision


def edit_cards(
    *, wordings: Mapping[Card, Wording], author: Learner, now: datetime, reason: str
) -> list[Revision]:
    """Gives cards new wordings, each as its next revision, in a few statements for hundreds of them.

    The caller's transaction holds the cards, and knows that each says something else now.
    """
    for card, wording in wordings.items():
        for name, value in _columns(wording).items():
            setattr(card, name, value)
        card.revision_number += 1
        _open_pictures(card, author)
    columns = [*_columns(Wording("", "")), "revision_number"]
    Card.objects.bulk_update(wordings, columns, batch_size=EDITED_AT_ONCE)
    edited = Revision.Source.EDITED
    return Revision.objects.bulk_create(
        [_revision(card, edited, author, None, reason, now) for card in wordings], batch_size=EDITED_AT_ONCE
    )


def restore_revision(
    *, revision: Revision, base_number: int, author: Learner, now: datetime, reason: str = ""
) -> Revision | None:
    """Makes a past wording the card's newest. Raises StaleEdit like edit_card."""
    return edit_card(
        card=revision.card,
        wording=revision.wording,
        base_number=base_number,
        author=author,
        now=now,
        reason=reason or _("Back to revision %(number)s.") % {"number": revision.number},
        source=Revision.Source.RESTORED,
    )


def undo_edit(*, revision: Revision, author: Learner, now: datetime) -> Revision | None:
    """Gives the card the wording that it had before that revision, as its newest, which says what it takes back."""
    before = revision.card.revisions.get(number=revision.number - 1)
    return edit_card(
        card=revision.card,
        wording=before.wording,
        base_number=revision.card.revision_number,
        author=author,
        now=now,
        reason=_("Revision %(number)s taken back.") % {"number": revision.number},
        source=Revision.Source.UNDONE,
        undoes=revision.number,
    )


def move_card(*, card: Card, deck: Deck) -> None:
    """Puts a card at the end of another deck. Schedules and revisions stay with it.

    Raises KeyedCard for a card of a deck file, which the next loading would bring back beside the moved one.
    """
    if card.key:
        raise KeyedCard
    with transaction.atomic():
        if card.deck_id != deck.pk:
            card.deck, card.position = deck, next_position(deck)
            card.save(update_fields=["deck", "position"])


def archive_card(*, card: Card, now: datetime) -> None:
    """Takes a card out of lists and queues. Nothing is deleted."""
    if card.archived_at is None:
        card.archived_at = now
        card.save(update_fields=["archived_at"])


def unarchive_card(*, card: Card) -> None:
    """Brings an archived card back, its schedules as they were."""
    card.archived_at = None
    card.save(update_fields=["archived_at"])


def fold_cards(*, only_count: bool = False) -> int:
    """Writes anew what follows from a wording, where it does not. Returns how many cards that were.

    No action leaves such cards behind; a change of how texts are folded does.
    """
    stale, last = 0, 0
    while batch := list(Card.objects.filter(pk__gt=last).order_by("pk")[:FOLDED_AT_ONCE]):
        last = batch[-1].pk
        for card in batch:
            columns = _derived(card.wording)
            if any(getattr(card, name) != value for name, value in columns.items()):
                stale += 1
                if not only_count:
                    # Not where somebody saved another wording meanwhile: that one brought its own.
                    Card.objects.filter(pk=card.pk, revision_number=card.revision_number).update(**columns)
    return stale


def next_position(deck: Deck) -> int:
    last: int | None = Card.objects.filter(deck=deck).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _new_card(deck: Deck, wording: Wording, position: int, now: datetime) -> Card:
    return Card(deck=deck, position=position, created_at=now, **_columns(wording))


def _columns(wording: Wording) -> dict[str, Any]:
    """A wording as columns of a card, with what follows from it."""
    return {**asdict(wording), **_derived(wording)}


def _derived(wording: Wording) -> dict[str, Any]:
    """What follows from a wording: what a search finds it by, and its parts."""
    return {**searchable(wording), **part_columns(wording.parts)}


def _write_revision(
    card: Card,
    source: Revision.Source,
    author: Learner | None,
    co_author: Learner | None,
    reason: str,
    now: datetime,
    undoes: int | None = None,
) -> Revision:
    _open_pictures(card, author, co_author)
    revision = _revision(card, source, author, co_author, reason, now, undoes)
    revision.save(force_insert=True)
    return revision


def _revision(
    card: Card,
    source: Revision.Source,
    author: Learner | None,
    co_author: Learner | None,
    reason: str,
    now: datetime,
    undoes: int | None = None,
) -> Revision:
    return Revision(
        card=card, number=card.revision_number, source=source, author=author, co_author=co_author,
        reason=reason, undoes=undoes, created_at=now, prompt=card.prompt, answer=card.answer, details=card.details,
    )  # fmt: skip


def _open_pictures(card: Card, *authors: Learner | None) -> None:
    """Lets whoever may read the card see the pictures in its wording.

    The authors' own, and nobody's, whose owner has left: naming a stranger's picture must not open it. What a past
    wording opened stays open, since that wording can be read in the history, and restored.
    """
    if named := set(PICTURE.findall(f"{card.prompt}\n{card.answer}")):
        own = Q(owner__in=[author for author in authors if author])
        card.pictures.add(*Picture.objects.filter(own | Q(owner=None), pk__in=named))
