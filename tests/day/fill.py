"""Fills a site with learners, and signs in some; prints their cookies as JSON. Run with its environment."""

import json
import sys

import django


def main(learners: int, signed_in: int) -> None:
    django.setup()
    from django.test import Client

    from cards.models import Learner
    from tests.growth.large_site import BASE, Size, fill

    # Cards enough for the day, for twice as many sessions after it, and for twice as many as these.
    fill(Size(learners=learners, groups=learners // 10, cards=280, events=1, more=0, others=200))
    Learner.objects.filter(pk__gt=BASE).update(new_per_day=280)
    cookies = []
    for learner in Learner.objects.filter(pk__gt=BASE).order_by("pk")[:signed_in]:
        client = Client()
        client.force_login(learner)
        client.get("/demos/softmax_table/")  # for its CSRF token
        cookies.append({name: morsel.value for name, morsel in client.cookies.items()})
    print(json.dumps(cookies))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
