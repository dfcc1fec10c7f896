"""What a grade-and-next is measured against. It stands in one file, whose hash is in `bench.json`: a change of it is a
commit of its own.

`ours` is the site with one page more, an empty view: behind the same middleware, with session and learner loaded.
`transaction` is what a grade has to make durable, by psycopg alone: four statements and a commit.
`straightforward` is another site on the same database, with Django's usual middleware and sessions: one view that
grades and shows the next card as one writes it first, by the ORM, with nothing left out of what the learner then sees.
"""

from datetime import date, datetime
from functools import cache
from types import ModuleType
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import transaction as atomically
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

EMPTY, STRAIGHTFORWARD = "/yardstick/empty/", "/yardstick/grade/"


def ours() -> WSGIHandler:
    """The site as it is served, and the empty view."""
    return _served()


def straightforward() -> WSGIHandler:
    """A site with the middleware that Django's own documentation and that of the packages we use name."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.middleware.gzip.GZipMiddleware",
        "csp.middleware.CSPMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    return _served()


def _served() -> WSGIHandler:
    application, pages = get_wsgi_application(), ModuleType("pages")
    pages.urlpatterns = [
        path(EMPTY[1:], empty),
        path(STRAIGHTFORWARD[1:], grade),
        path("", include("chapter5.urls")),
    ]
    settings.ROOT_URLCONF = pages
    return application


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"1" if request.user.is_authenticated else b"")


def grade(request: HttpRequest) -> HttpResponse:
    """Grades the card that was shown at event `n`, unless something happened to it since, and shows the next."""
    from cards.actions.study import new_event
    from cards.clock import now
    from cards.models import Card, Enrolment, Schedule, StudyEvent
    from cards.scheduling import Grade, Kind, mode_at, step

    learner, instant = request.user, now()
    today = learner.study_day(instant)
    card_id, number, given = (int(request.POST[name]) for name in ("card", "n", "grade"))
    with atomically.atomic():
        own = Schedule.objects.select_for_update().get(learner=learner, card=card_id, part=0)
        if own.number == number:
            event = new_event(
                learner, card_id, 0, number + 1, Kind.GRADED, instant, today,
                mode=mode_at(own.state, today), grade=Grade(given),
            )  # fmt: skip
            event.save(force_insert=True)
            for column, value in Schedule.columns(step(own.state, event.as_event())).items():
                setattr(own, column, value)
            own.save()
    studied = Enrolment.objects.filter(learner=learner).values("deck")
    mine = Schedule.objects.filter(learner=learner, card__deck__in=studied, is_suspended=False)
    due = mine.filter(due_on__lte=today, card__archived_at=None).exclude(counted_on=today)
    new = Card.objects.filter(deck__in=studied, archived_at=None).exclude(schedules__in=mine)
    shown = due.select_related("card__deck").order_by("due_on", "id").first()
    done = StudyEvent.objects.filter(learner=learner, study_on=today).count()
    context = {
        "own": shown, "card": shown.card if shown else new.first(), "event": event.pk, "today": today,
        "done": done, "due": due.count(), "new": new[:20].count(),
    }  # fmt: skip
    return HttpResponse(page().render(context, request))


@cache
def page() -> Any:
    return engines["django"].from_string(PAGE)


PAGE = """<div id="session">
  <ul class="counts">
    <li><b>{{ done }}</b> done</li><li><b>{{ due }}</b> to review</li><li><b>{{ new }}</b> new</li>
  </ul>
  <div class="prompt content">{{ card.wording.question|markdown }}</div>
  <form action="{% url 'cards:review_answer' card.pk %}" method="get"
    hx-get="{% url 'cards:review_answer' card.pk %}" hx-target="#session" hx-swap="outerHTML">
    <input type="hidden" name="n" value="{{ own.number|default:0 }}">
    <label for="typed">{% translate "Your answer, if you like to write it" %}</label>
    <textarea id="typed" name="typed" rows="2" maxlength="4000"></textarea>
    <button class="go">{% translate "Show answer" %} <kbd>Space</kbd></button>
  </form>
  <form action="{% url 'cards:undo' %}" method="post" hx-post="{% url 'cards:undo' %}" hx-target="#session">
    {% csrf_token %}<input type="hidden" name="act" value="event:{{ event }}">
    <button>{% translate "Undo" %} <kbd>U</kbd></button>
  </form>
  <a href="{{ card.deck.get_absolute_url }}">{{ card.deck.name }}</a>
  <form action="{% url 'cards:card_act' %}" method="post" hx-post="{% url 'cards:card_act' %}" hx-target="#session">
    {% csrf_token %}<input type="hidden" name="cards" value="{{ card.pk }}">
    <button name="act" value="skip">{% translate "Skip for today" %}</button>
    <button name="act" value="suspend">{% translate "Suspend" %}</button>
    {% if own.due_on %}<button name="act" value="restart">{% translate "Start it anew" %}</button>{% endif %}
    <label for="due-on">{% translate "Due on" %}</label>
    <input type="date" id="due-on" name="due_on" min="{{ today|date:'Y-m-d' }}">
    <button name="act" value="due">{% translate "Set" %}</button>
  </form>
</div>"""


# --- what a grade makes durable ---------------------------------------------------------------------------------------

READ = """SELECT number, due_on, interval_days, ease_hundredths, repetitions, lapses FROM cards_schedule
 WHERE learner_id = %s AND card_id = %s AND part = 0 FOR UPDATE"""
INSERT = """INSERT INTO cards_studyevent (id, learner_id, card_id, part, number, kind, at, study_on,
 zone_offset_minutes, mode, origin, grade, settings_id)
 VALUES (%s, %s, %s, 0, %s, 'graded', %s, %s, 0, 'scheduled', 'web', 3, %s)"""
UPDATE = """UPDATE cards_schedule SET number = %s, due_on = %s, interval_days = %s, counted_on = %s, graded_at = %s
 WHERE learner_id = %s AND card_id = %s AND part = 0"""
NEXT = """SELECT card_id, number FROM cards_schedule WHERE learner_id = %s AND due_on <= %s AND NOT is_suspended
 AND (counted_on IS NULL OR counted_on < %s) ORDER BY due_on, id LIMIT 1"""


def transaction(
    connection: psycopg.Connection, learner: int, settings_id: int, card: int, now: datetime, today: date
) -> int:
    """Grades that learner's card, and returns the card that is due next. The connection is in no transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        read = cursor.execute(READ, (learner, card)).fetchone()
        assert read is not None
        number = read[0] + 1
        cursor.execute(INSERT, (uuid4(), learner, card, number, now, today, settings_id))
        cursor.execute(
            UPDATE, (number, date.fromordinal(today.toordinal() + 6), 6, today, now, learner, card)
        )
        following = cursor.execute(NEXT, (learner, today, today)).fetchone()
        assert following is not None
        return int(following[0])
