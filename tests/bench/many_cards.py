"""Fills a site with 100,000 cards in 100 public decks, and a learner who studies 40 of them. Run with its environment.

Prints what the bench needs, as JSON. Words are as frequent as in a language: the n-th comes 1/n as often as the first.
"""

import json
from datetime import timedelta
from itertools import accumulate
from random import Random

import django

DECKS, CARDS_IN_DECK, STUDIED_DECKS = 100, 1_000, 40
WORDS, TAGS, FLAGS = 5_000, 60, 200
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
REVIEWS = 3  # of each learnt card
DAYS = 200


def main() -> None:
    django.setup()
    from django.db import connection, transaction
    from django.test import Client

    from cards.clock import now
    from cards.models import Card, Deck, Enrolment, Flag, Learner, Schedule, StudyEvent

    chance = Random(5)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(WORDS)]
    weights = list(accumulate(1 / n for n in range(1, WORDS + 1)))
    tags = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(TAGS)]

    def text(least: int, most: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(least, most)))

    def card(deck: Deck, position: int) -> Card:
        prompt, answer, own = text(6, 14), text(20, 60), chance.sample(tags, chance.randint(0, 3))
        return Card(
            deck=deck, position=position, created_at=instant, prompt=prompt, answer=answer,
            details=f"tags: {', '.join(own)}" if own else "",
            search_text="\n".join([prompt, answer, *own]), search_tags="\n".join(["", *own, ""]) if own else "",
        )  # fmt: skip

    instant = now()
    today = instant.date()
    with transaction.atomic():
        learner = Learner.objects.create_user("learner", date_joined=instant)
        decks = Deck.objects.bulk_create(
            Deck(name=f"{text(2, 4)} {number}", is_public=True, created_at=instant) for number in range(DECKS)
        )
        for deck in decks:
            Card.objects.bulk_create(card(deck, position) for position in range(CARDS_IN_DECK))
        Enrolment.objects.bulk_create(
            Enrolment(learner=learner, deck=deck, created_at=instant) for deck in decks[:STUDIED_DECKS]
        )
        ids = list(Card.objects.filter(deck__in=decks[:STUDIED_DECKS]).values_list("pk", flat=True))
        events, schedules = [], []
        for card_id in ids:
            ease, lapses = chance.randrange(130, 290), 0
            for number in range(1, REVIEWS + 1):
                ago = timedelta(days=chance.randrange(DAYS), seconds=chance.randrange(3_600))
                grade = chance.choices((1, 2, 3, 4), (10, 15, 60, 15))[0]
                lapses += grade == 1
                events.append(
                    StudyEvent(
                        learner=learner, card_id=card_id, number=number, kind="graded", at=instant - ago,
                        study_on=(instant - ago).date(), zone_offset_minutes=0, mode="scheduled", origin="web",
                        grade=grade, settings=learner.study_settings,
                    )
                )  # fmt: skip
            due_on = today + timedelta(days=chance.randrange(-5, 200))
            schedules.append(
                Schedule(
                    learner=learner, card_id=card_id, number=REVIEWS, due_on=due_on,
                    interval_days=chance.randrange(1, 400), ease_hundredths=ease, repetitions=2, lapses=lapses,
                    is_suspended=chance.random() < 0.02,
                )
            )  # fmt: skip
        StudyEvent.objects.bulk_create(events, batch_size=5_000)
        Schedule.objects.bulk_create(schedules, batch_size=5_000)
        Flag.objects.bulk_create(
            Flag(learner=learner, card_id=card_id, kind="wrong", revision_number=1, created_at=instant)
            for card_id in chance.sample(ids, FLAGS)
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes, where it is on
    client = Client()
    client.force_login(learner)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    print(json.dumps({"cookies": cookies, "words": words, "tag": tags[0], "deck": decks[0].name}))


if __name__ == "__main__":
    main()
