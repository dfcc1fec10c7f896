"""Gives a site one learner with 200,000 reviews, all within the year that ends today. Run with its environment.

Cards in eight decks, each reviewed when it is due or a day or two late; one grade in a hundred is taken back, and given
again. Prints what the bench needs, as JSON.
"""

import json
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import django

DECKS, REVIEWS, DAYS = 8, 200_000, 365
GRADES, WEIGHTS = (1, 2, 3, 4), (8, 8, 74, 10)


def main() -> None:
    django.setup()
    from django.db import connection, transaction
    from django.test import Client

    from cards.clock import now
    from cards.models import Card, Deck, Enrolment, Learner, Schedule, StudyEvent
    from cards.scheduling import NEW, Event, Grade, Kind, Mode, replay, step

    chance, instant = Random(5), now()
    today = instant.date()

    def log_of() -> list[tuple[Event, int]]:
        """One card's events, with the seconds of each answer."""
        day, state, log = chance.randrange(DAYS), NEW, []
        while day < DAYS:
            on = today - timedelta(days=DAYS - 1 - day)
            at = datetime.combine(on, instant.timetz()).replace(hour=chance.choice((6, 7, 12, 18, 19, 20)))
            mode = Mode.SCHEDULED
            while True:
                grade = Grade(chance.choices(GRADES, WEIGHTS)[0])
                number, event_id = len(log) + 1, UUID(int=chance.getrandbits(128))
                event = Event(event_id, number, Kind.GRADED, at, on, mode, grade)
                log.append((event, chance.randrange(2, 40)))
                if chance.random() < 0.01:
                    undo = Event(
                        UUID(int=chance.getrandbits(128)), number + 1, Kind.VOIDED, at, on, voids=event_id
                    )
                    log.append((undo, 0))
                    state = replay(each for each, _ in log)
                    continue
                state = step(state, event)
                if state.repeat_on != on:
                    break
                mode, at = Mode.REPEAT, at + timedelta(minutes=3)
            day += state.interval_days + chance.choice((0, 0, 0, 1, 2))
        return log

    logs, count = [], 0
    while count < REVIEWS:
        logs.append(log_of())
        count += sum(event.kind is Kind.GRADED for event, _ in logs[-1])
    with transaction.atomic():
        learner = Learner.objects.create_user("learner", date_joined=instant)
        decks = [
            Deck.objects.create(name=f"Deck {n}", owner=learner, created_at=instant) for n in range(DECKS)
        ]
        for deck in decks:
            Enrolment.objects.create(learner=learner, deck=deck, created_at=instant)
        cards = Card.objects.bulk_create(
            Card(deck=decks[n % DECKS], position=n, prompt=f"{n}?", answer="So.", created_at=instant)
            for n in range(len(logs))
        )
        events, schedules = [], []
        for card, log in zip(cards, logs, strict=True):
            for event, seconds in log:
                events.append(
                    StudyEvent(
                        id=event.id, learner=learner, card=card, number=event.number, kind=event.kind.value,
                        at=event.at, study_on=event.study_on, zone_offset_minutes=60, mode=event.mode or "",
                        origin="web", grade=event.grade, answer_seconds=seconds or None, voids=event.voids,
                        settings=learner.study_settings,
                    )
                )  # fmt: skip
            state = replay(event for event, _ in log)
            schedules.append(Schedule(learner=learner, card=card, **Schedule.columns(state)))
        events.sort(key=lambda event: (event.at, event.number))  # as they were written
        StudyEvent.objects.bulk_create(events, batch_size=5_000)
        Schedule.objects.bulk_create(schedules, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes, where it is on
    client = Client()
    client.force_login(learner)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    print(json.dumps({"cookies": cookies, "deck": decks[0].pk, "card": cards[0].pk}))


if __name__ == "__main__":
    main()
