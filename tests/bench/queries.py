"""Prints how many queries one grade-and-next makes, transaction control not counted. Run with a site's environment."""

import django

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def main() -> None:
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from cards.actions.learners import enrol_in_starter_decks
    from cards.clock import now
    from cards.models import Card, Learner

    learner = Learner.objects.create_user("counted", date_joined=now())
    enrol_in_starter_decks(learner=learner, now=now())
    client = Client(headers={"HX-Request": "true"})
    client.force_login(learner)
    first, second = Card.objects.order_by("deck", "position")[:2]
    form = {"part": 0, "n": 0, "grade": 3}
    client.post("/review/grade/", form | {"card": first.pk})  # the day's first also notes the day
    with CaptureQueriesContext(connection) as queries:
        assert b"Show answer" in client.post("/review/grade/", form | {"card": second.pk}).content
    print(sum(not query["sql"].startswith(CONTROL) for query in queries))


if __name__ == "__main__":
    main()
