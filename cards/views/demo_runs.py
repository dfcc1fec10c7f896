"""Demo runs: asked for, looked at while they go on and when they are over, cancelled, taken home as files."""

import secrets
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from cards.actions.demo_runs import TooManyRuns, cancel_run, request_run
from cards.clock import now
from cards.demos.contract import Demo
from cards.forms.demo_runs import MOST_SEED, ParametersForm, PollForm, RunForm
from cards.http import Request, csv_file, render_page
from cards.models import Card, DemoPicture, DemoRun
from cards.models.demo_runs import DemoRunQuerySet
from cards.translated import translated
from cards.views.demos import demo_or_404, is_worker_there, show_demo, texts_of, visible_card
from cards.views.guests import address_of, known_learner, zone_of
from chapter5.logs import request_id

Context = dict[str, Any]


@require_POST
@never_cache
def demo_run_new(request: Request, slug: str) -> HttpResponse:
    """Asks for a run. htmx gets the panel that shows it, a browser without JavaScript is led to its page."""
    demo = demo_or_404(slug)
    asked = RunForm(request.POST)
    if not asked.is_valid():
        raise Http404
    data = asked.cleaned_data
    card = visible_card(request, data["card"])
    form = ParametersForm(demo, request.POST)
    shown = _own_runs(request).filter(slug=demo.slug, pk=data["shown"]).first()
    again = _shown(demo, shown) if shown else {}
    again |= {"demo": demo, "form": form, "seed": data["seed"], "card": card}
    if not form.is_valid():
        return _not_run(request, again, 422)
    try:
        run = request_run(
            learner=known_learner(request),
            demo=demo,
            parameters=form.values,
            seed=data["seed"],
            now=now(),
            card=card,
            address=address_of(request),
            request_id=request_id.get(),
        )
    except TooManyRuns as error:
        return _not_run(request, again | {"refused": str(error)}, 429)
    if run.status == DemoRun.Status.QUEUED:
        transaction.on_commit(partial(_send, run))
    if not request.htmx:
        return redirect(run)
    return render(request, "demos/_panel.html", _shown(demo, run) | {"card": card})


def _send(run: DemoRun) -> None:
    from cards.tasks import send_run  # Celery is loaded by the first run, not by each start of the web

    send_run(run)


def _not_run(request: Request, context: Context, status: int) -> HttpResponse:
    """The form again, with what is wrong or why nothing is run now; beside the run that it stood beside."""
    if request.htmx:
        return render(request, "demos/_panel.html", context, status=status)
    if "run" in context:
        return _show_run(request, context, status)
    return show_demo(request, context, status=status)


def _shown(demo: Demo, run: DemoRun) -> Context:
    """What shows a run: where it stands, and its demo's form as it was filled in."""
    is_alone = run.status == DemoRun.Status.QUEUED and not is_worker_there(run.queue)
    return {
        "demo": demo,
        "form": ParametersForm(demo, texts=texts_of(demo, run)),
        "seed": run.seed,
        "new_seed": secrets.randbelow(MOST_SEED + 1),
        "run": run,
        "is_alone": is_alone,
        "state": f"{run.state_name}{'-alone' * is_alone}",
    }


def _show_run(request: Request, context: Context, status: int = 200) -> HttpResponse:
    zone = request.learner.time_zone if request.learner else zone_of(request)
    return render_page(request, "demo_runs/demo_run.html", context | {"zone": zone}, status=status)


@require_GET
@never_cache
def demo_run(request: Request, run_id: UUID) -> HttpResponse:
    """A run's page. To htmx, which asks again and again until the run is over: what is new about it, or 204."""
    run = _own_run(request, run_id)
    demo = demo_or_404(run.slug)
    context = _shown(demo, run)
    if not request.htmx or request.htmx.history_restore_request:
        cards = Card.objects.visible_to(request.learner)
        card = cards.filter(pk=run.card_id).first() if run.card_id else None
        return _show_run(request, context | {"card": card})
    poll = PollForm(request.GET)
    if poll.is_valid() and poll.cleaned_data["state"] == context["state"]:
        return HttpResponse(status=204)
    response = render(
        request, "demo_runs/_progress.html" if run.is_unfinished else "demo_runs/_run.html", context
    )
    if not run.is_unfinished:
        response["HX-Retarget"] = "closest .run"  # the Cancel button beside the progress goes too
    if said := _said(run, poll.cleaned_data.get("state", "")):
        trigger_client_event(response, "said", {"text": f"{translated(demo.title)}: {said}"})
    return response


def _said(run: DemoRun, state_before: str) -> str:
    """What a screen reader is told: the beginning and the end, and not each step between them."""
    match run.status:
        case DemoRun.Status.RUNNING:
            return "" if state_before.startswith(DemoRun.Status.RUNNING) else _("it runs.")
        case DemoRun.Status.DONE:
            finding = translated(run.result.finding, run.result.messages) if run.result else ""
            return f"{_('done.')} {finding}"
        case DemoRun.Status.FAILED:
            return _("it failed. %(error)s") % {"error": translated(run.error, run.messages)}
        case _:
            return ""


@require_POST
@never_cache
def demo_run_cancel(request: Request, run_id: UUID) -> HttpResponse:
    """Ends a run that has not ended yet. One that was quicker keeps its result."""
    cancel_run(run=_own_run(request, run_id), now=now())
    run = _own_run(request, run_id)
    if not request.htmx:
        return redirect(run)
    context = _shown(demo_or_404(run.slug), run) | {"has_focus": True}
    return render(request, "demo_runs/_run.html", context)


@require_GET
def demo_run_csv(request: Request, run_id: UUID, place: int) -> HttpResponse:
    """A table of the result, or the numbers of a plot, as a CSV file."""
    run = _own_run(request, run_id)
    parts = run.result.parts if run.result else []
    if place >= len(parts) or "rows" not in parts[place]:
        raise Http404
    part = parts[place]
    name = "-".join(filter(None, (run.slug, slugify(part["title"]))))
    return csv_file(name, part["columns"], part["rows"])


@require_GET
def demo_run_picture(request: Request, run_id: UUID, place: int) -> HttpResponse:
    """A picture of the result, which never changes under its address."""
    run = _own_run(request, run_id)
    picture = get_object_or_404(DemoPicture, result=run.result_id, place=place)
    response = HttpResponse(bytes(picture.png), content_type="image/png")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _own_runs(request: Request) -> DemoRunQuerySet:
    """The learner's own; anybody else's are not there."""
    return DemoRun.objects.of(request.learner).select_related("result")


def _own_run(request: Request, run_id: UUID) -> DemoRun:
    return get_object_or_404(_own_runs(request), pk=run_id)
