"""All that is held on one learner: to take along, and what becomes of it when they leave."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from cards.cardtext import CardText, DeckText, write_deck
from cards.markup import plain
from cards.models import (
    Card,
    Comment,
    Deck,
    Learner,
    Membership,
    Picture,
    Revision,
    StudyGroup,
    StudySettings,
    Suggestion,
    SuggestionComment,
)
from cards.models.pictures import PICTURE
from cards.scheduling import Grade, Kind
from cards.translated import translated

# A hash, which is of use to nobody but whoever would break it; and what lets somebody into a group.
SECRET = {"password", "token"}


# What happened, as the log of the file has it.
KINDS = {
    Kind.GRADED: _("graded"), Kind.VOIDED: _("voided"), Kind.RESTARTED: _("restarted"), Kind.DUE_SET: _("due_set"),
    Kind.MOVED: _("moved"), Kind.SKIPPED: _("skipped"), Kind.SUSPENDED: _("suspended"), Kind.RESUMED: _("resumed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of one table that name the learner, or stand in a deck of theirs.

    `name` stands in the file that a machine reads, `title` is the same in the reader's language.
    """

    name: str
    title: str
    rows: QuerySet[Any]

    def count(self) -> int:
        return self.rows.count()

    def records(self) -> Iterator[dict[str, Any]]:
        """Each row by the names of its columns, in the order in which they were made; read as it is asked for."""
        columns = [field.attname for field in _columns(self.rows.model)]
        for values in self.rows.order_by("pk").values_list(*columns).iterator(2000):
            yield dict(zip(columns, values, strict=True))


def held(learner: Learner) -> list[Held]:
    """By table: whatever has a foreign key to the learner, in our models and the packages', and what their decks hold.

    A new table that names learners is among them without being written down here.
    """
    found = [_held("account", Learner.objects.filter(pk=learner.pk))]
    for relation in Learner._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: type[Model] = relation.related_model  # type: ignore[assignment]
        by = relation.field.name  # type: ignore[union-attr]
        title = str(model._meta.verbose_name_plural)
        with override(None):
            name = str(model._meta.verbose_name_plural)
        if by not in {"learner", "owner", "author", "proposer", "user"}:
            named_by = by.replace("_", " ")
            name, title = f"{name}, {named_by}", f"{title}, {gettext(named_by)}"
        found.append(Held(name, title, model._base_manager.filter(**{by: learner})))
    own = Card.objects.filter(deck__owner=learner)
    found.append(_held("cards of my decks", own))
    found.append(_held("revisions of those cards", Revision.objects.filter(card__in=own)))
    # Not mine, but without them nobody could read the log.
    named = Q(pk=learner.study_settings_id) | Q(pk__among=learner.study_events.values("settings").distinct())
    found.append(_held("study settings that my events name", StudySettings.objects.filter(named)))
    # Not what one may no longer read, such as the cards of a group that one has left.
    studied = Card.objects.visible_to(learner).filter(schedules__learner=learner).exclude(deck__owner=learner)
    found.append(_held("cards of others that I study", studied))
    found.append(_held("groups that I am in", StudyGroup.objects.of(learner)))
    return found


def _held(name: str, rows: QuerySet[Any]) -> Held:
    return Held(name, gettext(name), rows)


# What tables are called here that have no name of their own, and the columns by which they name a learner.
NAMES = (
    gettext_noop("account"), gettext_noop("cards of my decks"), gettext_noop("revisions of those cards"),
    gettext_noop("study settings that my events name"), gettext_noop("cards of others that I study"),
    gettext_noop("groups that I am in"),
    gettext_noop("by"), gettext_noop("closed by"), gettext_noop("co author"), gettext_noop("created by"),
    gettext_noop("decided by"), gettext_noop("deleted by"),
)  # fmt: skip


def _columns(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.name not in SECRET]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What goes when a learner leaves, and what stays without their name, as actions.learners.delete_learner does."""

    review_count: int
    going_decks: list[Deck]
    going_picture_count: int
    staying_decks: list[Deck]
    staying_picture_count: int
    revision_count: int
    suggestion_count: int
    comment_count: int
    word_count: int  # about suggestions
    membership_count: int  # in the groups of others
    going_groups: list[StudyGroup]
    staying_groups: list[tuple[StudyGroup, Learner]]  # each with its next owner


def leaving(learner: Learner) -> Leaving:
    """In a fixed number of queries."""
    owned = list(StudyGroup.objects.orphaned_without([learner]))
    going_groups = [group for group in owned if group.heir_id is None]
    heirs = Membership.objects.filter(pk__in=[group.heir_id for group in owned if group.heir_id])
    staying = list(Deck.objects.kept_without([learner], going_groups))
    staying_pictures = Picture.objects.kept_without([learner], going_groups).count()
    theirs = Deck.objects.filter(Q(owner=learner) | Q(group__in=going_groups))
    going = [deck for deck in theirs if deck not in staying]
    cards = Card.objects.exclude(deck__in=going)
    written = Q(author=learner) | Q(co_author=learner)
    return Leaving(
        review_count=learner.study_events.graded_and_standing().count(),
        going_decks=going,
        going_picture_count=learner.pictures.count() - staying_pictures,
        staying_decks=staying,
        staying_picture_count=staying_pictures,
        revision_count=Revision.objects.filter(written, card__in=cards).count(),
        suggestion_count=Suggestion.objects.filter(proposer=learner)
        .exclude(card__deck__in=going)
        .exclude(deck__in=going)
        .count(),
        comment_count=Comment.objects.filter(author=learner, deleted_at=None)
        .exclude(card__deck__in=going)
        .exclude(group__in=going_groups)
        .count(),
        word_count=SuggestionComment.objects.filter(author=learner)
        .exclude(suggestion__card__deck__in=going)
        .exclude(suggestion__deck__in=going)
        .count(),
        membership_count=learner.memberships.exclude(group__in=owned).count(),
        going_groups=going_groups,
        staying_groups=[(heir.group, heir.learner) for heir in heirs.select_related("group", "learner")],
    )


def write_my_data(*, learner: Learner, file: IO[bytes], now: datetime) -> None:
    """A zip file: a page to read, all rows as JSON, the learner's decks as deck files, and their pictures.

    Rows are read and written one after the other, so that a long log needs no more memory than a short one.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("my-data.json", "w", force_zip64=True) as out:
            _write_json(out, learner, now)
        decks = list(learner.decks.order_by("pk"))
        cards = Card.objects.filter(deck__in=decks).order_by("deck", "position", "pk")
        of_deck = {deck.pk: [card for card in cards if card.deck_id == deck.pk] for deck in decks}
        for deck in decks:
            archive.writestr(f"decks/{deck.pk}-{slugify(deck.name)}.md", _deck_file(deck, of_deck[deck.pk]))
        for picture in learner.pictures.order_by("pk"):
            if default_storage.exists(picture.file_name):
                with default_storage.open(picture.file_name) as content:
                    archive.writestr(picture.file_name, content.read(), zipfile.ZIP_STORED)
        schedules = learner.schedules.filter(card__in=Card.objects.visible_to(learner)).select_related(
            "card__deck"
        )
        context = {
            "learner": learner,
            "now": now.astimezone(learner.zone),
            "kinds": [(rows.title, count) for rows in held(learner) if (count := rows.count())],
            "decks": [(deck, of_deck[deck.pk]) for deck in decks],
            "schedules": schedules.order_by("card__deck", "card__position", "card"),
        }
        page = render_to_string("my_data/_readable.html", context)
        # As files beside it, not as addresses of the site.
        archive.writestr("my-data.css", (settings.BASE_DIR / "static/css/my-data.css").read_bytes())
        archive.writestr("index.html", PICTURE.sub(r"pictures/\1.webp", page))
        with archive.open("log.html", "w", force_zip64=True) as out:
            _write_log(out, learner)


def _write_json(out: IO[bytes], learner: Learner, now: datetime) -> None:
    """One object: when it was made, then each table's rows, a line each."""
    out.write(b'{"made at": ' + _json(now))
    for table in held(learner):
        out.write(b",\n" + _json(table.name) + b": [")
        for number, record in enumerate(table.records()):
            out.write((b",\n " if number else b"\n ") + _json(record))
        out.write(b"]")
    out.write(b"}\n")


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


def _deck_file(deck: Deck, cards: list[Card]) -> str:
    """The deck as the deck file that it could be loaded from; a card that was never in one gets its number as key."""
    texts = tuple(
        CardText(card.key or f"card-{card.pk}", card.wording) for card in cards if not card.archived_at
    )
    return write_deck(DeckText(deck.name, deck.description, texts))


def _write_log(out: IO[bytes], learner: Learner) -> None:
    """The log as a page: a line for each event, by the learner's clock."""
    head, foot = render_to_string("my_data/_log.html", {"learner": learner}).split("<!-- rows -->")
    out.write(head.encode())
    events = learner.study_events.select_related("card").order_by("at", "card", "part", "number")
    grades = {grade.value: translated(grade.label) for grade in Grade}
    kinds = {str(kind): label for kind, label in KINDS.items()}
    seen = Card.objects.visible_to(learner).filter(schedules__learner=learner)
    visible = set(seen.values_list("pk", flat=True))
    for event in events.iterator(2000):
        out.write(
            format_html(
                '<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class="num">{}</td></tr>\n',
                f"{event.at.astimezone(learner.zone):%Y-%m-%d %H:%M}",
                plain(event.card.wording.filled)
                if event.card_id in visible
                else gettext("a card that you no longer read"),
                f"{kinds[event.kind]} {event.due_on or ''}".strip(),
                grades.get(event.grade, ""),
                "" if event.answer_seconds is None else event.answer_seconds,
            ).encode()
        )
    out.write(foot.encode())
