"""Ninety days of a modelled learner, lived through the pages: what they said is what came, and every schedule a replay.

She forgets as people do, skips days, flies west, comes back to the clock change, has a week's break and catches up. She
suspends, skips, restarts and moves cards, undoes, clicks twice, practises. Everything goes by the forms on the pages.
"""

import html as escapes
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from random import Random

import pytest
from django.core.management import call_command
from django.test import Client

from cards.actions.decks import make_deck
from cards.cardtext import Wording
from cards.models import Learner, Schedule, StudyEvent
from cards.scheduling import Kind, replay
from tests.server import Clock

FIRST = datetime.fromisoformat("2026-02-10T18:00:00+00:00")
DAYS, CARDS, NEW_PER_DAY = 90, 30, 1
BREAK, CAUGHT_UP_OVER = range(50, 58), 5
JOURNEY = range(30, 38)  # to the west; back before the clocks change on 29 March
MOST_STEPS = 150  # of one day


class Forms(HTMLParser):
    """The forms of a page: where each goes, its hidden fields, its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({"to": given.get("action", ""), "fields": {}, "buttons": set()})
        elif (
            tag == "input"
            and given.get("type") == "hidden"
            and self.forms
            and given["name"] != "csrfmiddlewaretoken"
        ):
            self.forms[-1]["fields"][given["name"]] = given.get("value", "")
        elif tag == "button" and self.forms and given.get("value"):
            self.forms[-1]["buttons"].add(given["value"])

    def to(self, address: str, button: str = "") -> dict | None:
        """The first form that goes there, with that button where one is asked for; None where there is none."""
        found = (form for form in self.forms if form["to"].startswith(address))
        return next((form for form in found if not button or button in form["buttons"]), None)


@dataclass
class Modelled:
    """A learner with a memory of her own, who knows the app by its pages alone."""

    client: Client
    clock: Clock
    chance: Random
    strength: dict[int, float] = field(default_factory=dict)  # of a card's memory, in days
    seen_at: dict[int, datetime] = field(default_factory=dict)
    done: Counter = field(default_factory=Counter)

    def get(self, address: str, fields: dict | None = None) -> str:
        response = self.client.get(address, fields or {}, follow=True)
        assert response.status_code == 200, address
        return response.content.decode()

    def post(self, form: dict, htmx: bool = False, **more: object) -> str:
        headers = {"HX-Request": "true"} if htmx else {}
        response = self.client.post(form["to"], {**form["fields"], **more}, follow=True, headers=headers)
        assert response.status_code == 200, form
        return response.content.decode()

    def study(self, address: str = "/review/", most: int = MOST_STEPS) -> None:
        """Until nothing comes any more. While she only grades, each page's counts go down by just what she did."""
        page = self.get(address)
        for _ in range(most):
            prompt = Forms(page).to("/review/")
            if prompt is None:
                return
            before = left(page)
            self.clock.tick(seconds=self.chance.randint(4, 40))
            answer = self.get(prompt["to"], prompt["fields"])
            page, grade = self.answer(answer)
            if grade and before is not None and (after := left(page)) is not None:
                assert sum(before) - sum(after) in (0, 1)  # 0: what was forgotten comes again today
        raise AssertionError("The day has no end.")

    def answer(self, page: str) -> tuple[str, int]:
        """What she does with a card whose answer she sees: the page that follows, and the grade where it is one."""
        form = Forms(page).to("/review/grade/")
        assert form is not None
        card_id, luck = int(form["fields"]["card"]), self.chance.random()
        if luck < 0.03 and "practise" not in form["fields"]:
            return self.act(page), 0
        grade = self.grade_of(card_id)
        said = words_of(page, grade)
        page = self.post(form, grade=grade, htmx=True)
        self.done["graded"] += 1
        self.check(card_id, said)
        if luck > 0.97:
            self.done["clicked twice"] += 1
            page = self.post(form, grade=grade, htmx=True)
            assert "graded elsewhere" not in page
        elif luck > 0.94:
            self.done["undone"] += 1
            undo = Forms(page).to("/undo/")
            assert undo is not None
            return self.post(undo), 0
        return page, grade

    def act(self, page: str) -> str:
        kind = self.chance.choice(["skip", "suspend", "restart", "due"])
        form = Forms(page).to("/cards/act/", kind)
        if form is None:  # a new card cannot be restarted
            kind, form = "skip", Forms(page).to("/cards/act/", "skip")
            assert form is not None
        self.done[kind] += 1
        later = (self.clock.now + timedelta(days=self.chance.randint(2, 20))).date().isoformat()
        return self.post(form, act=kind, due_on=later)

    def grade_of(self, card_id: int) -> int:
        """As well as she remembers it; a memory grows with each time it held, the more the weaker it was."""
        seen = self.seen_at.get(card_id)
        strength = self.strength.get(card_id, 0.0)
        days = (self.clock.now - seen) / timedelta(days=1) if seen else 0.0
        self.seen_at[card_id] = self.clock.now
        if seen is not None and strength and self.chance.random() > 0.9 ** (days / strength):
            self.strength[card_id] = max(0.5, strength / 3)
            return 1
        self.strength[card_id] = strength * 1.9 + 1
        return self.chance.choices([2, 3, 4] if seen else [1, 3, 4], [2, 6, 2])[0]

    def check(self, card_id: int, said: str) -> None:
        """The button said what is stored now."""
        if said == "no change":
            return
        schedule = Schedule.objects.get(card_id=card_id)
        event = StudyEvent.objects.filter(card_id=card_id).latest("number")
        if days := re.search(r"(\d+) d", said):
            assert schedule.due_on == event.study_on + timedelta(days=int(days[1])), said
        assert ("today" in said) == (schedule.repeat_on == event.study_on)

    def change(self, **changes: str) -> None:
        """On the settings page, all else as it stands there."""
        page = self.get("/settings/")
        form = Forms(page).to("/settings/")
        assert form is not None
        stored = dict(re.findall(r'<input type="number" name="(\w+)" value="(\d+)"', page))
        for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
            stored[name] = re.search(r'value="([^"]*)" selected', options)[1]
        stored |= dict.fromkeys(re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', page), "on")
        assert "Saved." in self.post(form, **(stored | changes))


def left(page: str) -> tuple[int, int, int] | None:
    """To review, new, again today; None on a page without counts."""
    if '<ul class="counts">' not in page or "practised" in page:
        return None
    found = {name: int(count) for count, name in re.findall(r"<li><b>(\d+)</b> ([a-z ]+)</li>", page)}
    return found.get("to review", 0), found.get("new", 0), found.get("again today", 0)


def words_of(page: str, grade: int) -> str:
    """What stands on the button of that grade."""
    button = re.search(rf'name="grade" value="{grade}".*?<span>(.*?)</span>', page)
    assert button
    return escapes.unescape(button[1])


@pytest.fixture
def eve(clock: Clock, db) -> Modelled:
    clock.set(FIRST)
    learner = Learner.objects.create_user("eve", time_zone="Europe/Berlin", new_per_day=NEW_PER_DAY)
    wordings = tuple(Wording(f"Prompt {n}?", f"Answer {n}.", "tags: test") for n in range(CARDS))
    make_deck(owner=learner, name="Thirty", description="", wordings=wordings, now=FIRST)
    client = Client()
    client.force_login(learner)
    return Modelled(client, clock, Random(5))


def test_ninety_days_of_a_learner_are_what_their_log_replays_to(eve: Modelled) -> None:
    for day in range(DAYS):
        eve.clock.set(FIRST + timedelta(days=day, minutes=eve.chance.randint(-300, 200)))
        if day in (JOURNEY[0], JOURNEY[-1]):
            eve.change(time_zone="America/Los_Angeles" if day == JOURNEY[0] else "Europe/Berlin")
        if day == 40:
            eve.change(
                reviews_per_day="20", due_order="hardest", new_place="mixed", has_spreading="on", sunday="n"
            )
        if day in BREAK or eve.chance.random() < 0.08:
            continue
        if day == BREAK[-1] + 1:
            plan = Forms(eve.get("/catch-up/", {"days": CAUGHT_UP_OVER})).to("/catch-up/")
            assert plan is not None
            eve.post(plan)
        eve.study()
        assert re.search("Done for today|Nothing is due today", eve.get("/review/"))
        if day in (19, 69):
            eve.study("/review/?practise=forgotten:30&order=shuffled&seed=3")
    learner = Learner.objects.get()
    check_every_schedule(learner)
    wanted = ("graded", "undone", "clicked twice", "skip", "suspend", "restart", "due")
    assert all(eve.done[name] for name in wanted), eve.done
    kinds = set(StudyEvent.objects.values_list("kind", flat=True))
    assert {
        Kind.GRADED,
        Kind.VOIDED,
        Kind.MOVED,
        Kind.RESTARTED,
        Kind.DUE_SET,
        Kind.SUSPENDED,
        Kind.SKIPPED,
    } <= kinds
    assert Schedule.objects.filter(first_graded_on__isnull=False).count() > CARDS * 0.7


def check_every_schedule(learner: Learner) -> None:
    """By the command, and here: each row is its log's fold; no study day goes back; each log is numbered 1, 2, 3 …."""
    call_command("replay", "--check")
    latest = date.min
    for event in StudyEvent.objects.order_by("at", "number"):
        assert event.study_on >= latest
        latest = event.study_on
    for schedule in Schedule.objects.all():
        events = list(StudyEvent.objects.of(learner, schedule.card_id))
        assert [event.number for event in events] == [*range(1, len(events) + 1)]
        state = replay([event.as_event() for event in events])
        assert (schedule.due_on, schedule.interval_days, schedule.ease_hundredths, schedule.lapses) == (
            state.due_on,
            state.interval_days,
            state.ease_hundredths,
            state.lapses,
        )
