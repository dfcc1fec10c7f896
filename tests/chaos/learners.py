"""Fills a site with learners who each study a deck of their own; prints them as JSON. Run with its environment."""

import json
import sys

import django

CARDS = 400


def main(count: int) -> None:
    django.setup()
    from django.test import Client

    from cards.clock import now
    from cards.models import Card, Deck, Enrolment, Learner

    learners = []
    for number in range(count):
        learner = Learner.objects.create_user(f"learner-{number}", date_joined=now(), new_per_day=CARDS)
        deck = Deck.objects.create(name=f"Deck {number}", owner=learner, created_at=now())
        Card.objects.bulk_create(
            Card(deck=deck, position=place, prompt=f"Prompt {place}?", answer="So.", created_at=now())
            for place in range(CARDS)
        )
        Enrolment.objects.create(learner=learner, deck=deck, created_at=now())
        client = Client()
        client.force_login(learner)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        learners.append({"id": learner.pk, "cookies": cookies})
    print(json.dumps(learners))


if __name__ == "__main__":
    main(int(sys.argv[1]))
