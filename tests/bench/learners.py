"""Learners who are signed in, each with due cards in a deck of their own, made by a site's own models.

`python -m tests.bench.learners SITE BEHIND USUAL`, with its environment, prints so many of either as JSON, in this
order; SITE as in `yardsticks`. Who is usual has learnt what the modelled day's learners have (docs/scaling.md), and
four of its days to review; who is behind has more due than is counted.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from tests.bench import yardsticks
from tests.day.model import LEARNT

TEXTS = 50  # as a deck has: each is rendered once in a process, for whoever learns it
CARDS = 1_500  # of who is behind, all of them due: more than are counted, and than a measurement grades
USUAL_CARDS, USUAL_DUE = LEARNT, 150


@dataclass
class Signed:
    """A learner who is signed in: their cookies, and the cards that are due, in their order."""

    id: int
    settings_id: int
    cookies: dict[str, str]
    cards: list[int] = field(default_factory=list)


def sign_in(count: int, cards: int = CARDS, due: int = CARDS) -> list[Signed]:
    """So many learners, made anew, each with so many learnt cards, and so many of these due."""
    from django.db import connection
    from django.test import Client
    from django.utils.crypto import get_random_string

    from cards.clock import now
    from cards.models import Card, Deck, Enrolment, Learner, Schedule

    instant = now()
    made = []
    for place in range(count):
        name = f"learner-{cards}-{place}"
        learner = Learner.objects.create_user(name, date_joined=instant)
        deck = Deck.objects.create(name=f"Deck of {name}", owner=learner, created_at=instant)
        Enrolment.objects.create(learner=learner, deck=deck, created_at=instant)
        own = Card.objects.bulk_create(
            Card(
                deck=deck, position=number, created_at=instant,
                prompt=f"What does layer {number % TEXTS} of a network learn, and **from what**?",
                answer=f"Whatever lowers the loss: `layer[{number % TEXTS}]`.",
            )
            for number in range(cards)
        )  # fmt: skip
        today = learner.study_day(instant)
        Schedule.objects.bulk_create(
            Schedule(
                learner=learner, card=card, number=2, interval_days=6, ease_hundredths=250, repetitions=2, lapses=0,
                is_suspended=False, due_on=today + timedelta(days=-(number % 30) if number < due else number % 30 + 1),
            )
            for number, card in enumerate(own)
        )  # fmt: skip
        client = Client()
        client.force_login(learner)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        cookies["csrftoken"] = get_random_string(32)
        comes = (
            Schedule.objects.filter(learner=learner, due_on__lte=today)
            .order_by("due_on", "id")
            .values_list("card_id", flat=True)
        )
        made.append(Signed(learner.pk, learner.study_settings_id, cookies, list(comes)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
    site, behind, usual = sys.argv[1:]
    getattr(yardsticks, site)()
    found = [*sign_in(int(behind)), *sign_in(int(usual), USUAL_CARDS, USUAL_DUE)]
    print(json.dumps([asdict(signed) for signed in found]))
