"""Demos: the gallery, and a demo's page with one's runs of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cards.actions.demo_runs import WORKER_SEEN_SECONDS, limit_seconds
from cards.clock import now
from cards.demos.contract import Demo, Queue
from cards.demos.registry import demo as demo_of
from cards.demos.registry import demos
from cards.forms.demo_runs import FIRST_SEED, DemoForm, ParametersForm, texts_in
from cards.http import Request, render_page
from cards.models import Card, DemoRun, DemoWorker, Learner
from cards.models.demo_runs import DemoRunQuerySet
from cards.translated import translated
from cards.views.guests import zone_of

RUNS_PER_PAGE = 10
CARDS_SHOWN = 5


def demo_or_404(slug: str) -> Demo:
    demo = demo_of(slug)
    if demo is None:
        raise Http404
    return demo


def is_worker_there(queue: str) -> bool:
    """Whether a worker of the queue was heard of lately."""
    return DemoWorker.lately(queue, now() - timedelta(seconds=WORKER_SEEN_SECONDS)) is not None


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """A demo, for how long it keeps one waiting, and the first of the cards that it belongs to."""

    demo: Demo
    pace: str
    cards: list[Card]
    more: int


@require_GET
def demo_list(request: Request) -> HttpResponse:
    """All demos in the order of their first cards, by the first tag of these; those without a card come last."""
    cards = _cards_by_slug(request.learner)
    seconds, places = _newest_seconds(), {slug: place for place, slug in enumerate(cards)}
    topics: dict[str, list[GalleryEntry]] = defaultdict(list)
    for demo in sorted(demos(), key=lambda demo: places.get(demo.slug, len(places))):
        own = cards.get(demo.slug, [])
        topic = next((tag for card in own for tag in card.wording.tags), "")
        pace = _pace(demo, seconds.get(demo.slug))
        topics[topic].append(GalleryEntry(demo, pace, own[:CARDS_SHOWN], len(own[CARDS_SHOWN:])))
    return render_page(request, "demos/demo_list.html", {"topics": dict(topics)})


def _cards_by_slug(learner: Learner | None) -> dict[str, list[Card]]:
    """The active cards that the learner may read and that name a demo, by the demo's slug; the starter deck's first."""
    found: dict[str, list[Card]] = defaultdict(list)
    named = Card.objects.active().visible_to(learner).filter(details__contains="demo:")
    for card in named.select_related("deck").order_by("-deck__is_starter", "deck", "position", "pk"):
        for slug in dict.fromkeys(link.slug for link in card.wording.demos):
            found[slug].append(card)
    return found


def _newest_seconds() -> dict[str, float]:
    """What the newest run that was computed took, by the demo's slug."""
    computed = DemoRun.objects.filter(status=DemoRun.Status.DONE, result__isnull=False)
    newest = computed.order_by("-created_at").values("pk")
    firsts = [Subquery(newest.filter(slug=demo.slug)[:1]) for demo in demos()]
    return dict(DemoRun.objects.filter(pk__in=firsts).values_list("slug", "result__stamp__seconds"))


def _pace(demo: Demo, seconds: float | None) -> str:
    """How long one waits: by what the newest run took; by its limit until there is one."""
    if demo.queue is Queue.LIGHT:
        return _("at once")
    if seconds is None:
        return _("takes %(seconds)s s at most") % {"seconds": number_format(round(limit_seconds(demo.slug)))}
    return _("takes about %(seconds)s s") % {"seconds": number_format(max(1, round(seconds)))}


@require_GET
@never_cache
def demo_detail(request: Request, slug: str) -> HttpResponse:
    """What a demo shows, its parameters as the address or the defaults have them, and one's runs of it."""
    demo = demo_or_404(slug)
    form = ParametersForm(demo, texts=texts_in(request.GET))
    return show_demo(request, {"demo": demo, "form": form, "seed": FIRST_SEED})


def show_demo(request: Request, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The page of `context["demo"]`; after a POST that could not be followed, with the form as it was sent."""
    query = DemoForm(request.GET)
    if not query.is_valid():
        raise Http404
    asked, demo = query.cleaned_data, context["demo"]
    own = DemoRun.objects.of(request.learner).filter(slug=demo.slug).order_by("-created_at")
    light = own.select_related("result").defer("result__parts")
    pages = Paginator(light, RUNS_PER_PAGE).get_page(asked["page"] or 1)
    pair = _pair(own, demo, asked["left"], asked["right"])
    runs = [(run, texts_of(demo, run)) for run in pages]
    page = {
        "card": visible_card(request, asked["card"]),
        "is_alone": not is_worker_there(demo.queue),
        "cards": _cards_by_slug(request.learner)[demo.slug],
        "pages": pages,
        "runs": runs,
        "pair": pair,
        **_choice(runs, pair),
        "zone": request.learner.time_zone if request.learner else zone_of(request),
    }
    return render_page(request, "demos/demo_detail.html", page | dict(context), status=status)


def visible_card(request: Request, card_id: int | None) -> Card | None:
    """The card that one came from. Raises Http404 for one that is not to be seen."""
    return get_object_or_404(Card.objects.visible_to(request.learner), pk=card_id) if card_id else None


def texts_of(demo: Demo, run: DemoRun) -> dict[str, str]:
    """A run's parameters as texts, by name: as far as the demo still has them."""
    named = [parameter for parameter in demo.parameters if parameter.name in run.parameters]
    return {parameter.name: parameter.write(run.parameters[parameter.name]) for parameter in named}


@dataclass(frozen=True, slots=True)
class Compared:
    """What two runs were given, or computed with, under one name."""

    label: str
    left: str
    right: str

    @property
    def is_different(self) -> bool:
        return self.left != self.right


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs of one demo, and what they have in common and what not."""

    left: DemoRun
    right: DemoRun
    rows: list[Compared]


def _pair(own: DemoRunQuerySet, demo: Demo, left_id: UUID | None, right_id: UUID | None) -> Pair | None:
    if left_id is None or right_id is None:
        return None
    ended = own.filter(result__isnull=False).select_related("result")
    left, right = (get_object_or_404(ended, pk=run_id) for run_id in (left_id, right_id))
    texts = texts_of(demo, left), texts_of(demo, right)
    rows = [
        Compared(translated(parameter.label), *(each.get(parameter.name, "") for each in texts))
        for parameter in demo.parameters
    ]
    rows.append(Compared(_("Seed"), str(left.seed), str(right.seed)))
    rows.append(Compared(_("Device"), *(run.result.stamp["device"] for run in (left, right) if run.result)))
    return Pair(left, right, rows)


def _choice(runs: list[tuple[DemoRun, dict[str, str]]], pair: Pair | None) -> dict[str, object]:
    """Which runs of the page can be shown side by side, and those that are chosen: at first the two newest."""
    done = [(run, texts) for run, texts in runs if run.result_id]
    left, right = (
        (pair.left, pair.right) if pair else (done[1][0], done[0][0]) if len(done) > 1 else (None, None)
    )
    return {"done": done, "sides": [("left", left and left.pk), ("right", right and right.pk)]}
