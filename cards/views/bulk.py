"""What an editor does with several cards of a deck: tags, places, another deck, the archive."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cards.actions import bulk
from cards.actions.cards import KeyedCard
from cards.actions.study import NotYours
from cards.clock import now
from cards.forms.bulk import BulkForm
from cards.http import Request, own_address
from cards.models import Card, Learner

MOST_KEPT = 100  # chosen cards that stay so on the next page: more would make a long address


@require_POST
@never_cache
def card_bulk(request: Request) -> HttpResponse:
    """Does one thing with all chosen cards, or says why with none; then back to the list."""
    learner = request.learner
    form = BulkForm(request.POST, learner=learner)
    is_valid = form.is_valid()
    ids = set(form.cleaned_data.get("cards", []))
    if learner is None or Card.objects.editable_by(learner).filter(pk__in=ids).count() != len(ids):
        raise Http404
    back = own_address(request, form.cleaned_data.get("next", ""))
    if not is_valid:
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": said})
        return redirect(back or "cards:deck_list")
    data = form.cleaned_data
    try:
        said = _done(learner, data)
    except NotYours:
        raise Http404 from None
    except KeyedCard:
        why = _("A card is loaded from a deck file, which would put it back: it stays where it is.")
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": why})
    except bulk.TagRefused as refused:
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": refused})
    else:
        messages.success(request, said)
    if back and data["act"] in {"up", "down", "place"}:  # often pressed again
        back = _with_choice(back, data["cards"], data["act"])
    return redirect(back or Card.objects.get(pk=data["cards"][0]).deck)


def _done(learner: Learner, data: dict[str, Any]) -> str:
    """Does it. Returns what it came to, in words."""
    ids, instant = data["cards"], now()
    tag, deck, place = data["tag"], data["deck"], data["place"]
    match data["act"]:
        case "tag":
            count = bulk.tag_cards(learner=learner, card_ids=ids, tag=tag, now=instant)
            said = ngettext(
                "%(n)d card has the tag %(tag)s now.", "%(n)d cards have the tag %(tag)s now.", count
            )
        case "untag":
            count = bulk.untag_cards(learner=learner, card_ids=ids, tag=tag, now=instant)
            said = ngettext(
                "The tag %(tag)s is gone from %(n)d card.", "The tag %(tag)s is gone from %(n)d cards.", count
            )
        case "move":
            count = bulk.move_cards(learner=learner, card_ids=ids, deck=deck)
            said = ngettext("%(n)d card is in %(deck)s now.", "%(n)d cards are in %(deck)s now.", count)
        case "archive":
            count = bulk.archive_cards(learner=learner, card_ids=ids, now=instant)
            said = ngettext(
                "%(n)d card is in the archive. It comes up no more until you bring it back.",
                "%(n)d cards are in the archive. They come up no more until you bring them back.",
                count,
            )
        case "back":
            count = bulk.unarchive_cards(learner=learner, card_ids=ids)
            said = ngettext(
                "%(n)d card is back, its schedule as it was.",
                "%(n)d cards are back, their schedules as they were.",
                count,
            )
        case "place":
            count = bulk.place_cards(learner=learner, card_ids=ids, place=place)
            said = ngettext("%(n)d card has another place.", "%(n)d cards have another place.", count)
        case act:
            count = bulk.step_cards(learner=learner, card_ids=ids, by=-1 if act == "up" else 1)
            said = ngettext("%(n)d card has another place.", "%(n)d cards have another place.", count)
    if not count:
        return _("Nothing had to be changed.")
    return said % {"n": count, "tag": tag, "deck": deck}


def _with_choice(address: str, card_ids: list[int], act: str) -> str:
    """The address with the cards still chosen, and with where the focus was."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"chosen", "did"}]
    if len(card_ids) <= MOST_KEPT:
        query += [("chosen", ",".join(map(str, card_ids))), ("did", act)]
    return urlunsplit(parts._replace(query=urlencode(query)))
