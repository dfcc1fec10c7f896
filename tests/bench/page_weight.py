"""What a browser that has never been here loads for the review page, and for a graded card."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.client import Client, Guest
from tests.bench.figure import Figure
from tests.server import running

AT_MOST_COLD = 60_000
AT_MOST_REPLY = 2_000
GRADED = 20


def measure() -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), DATABASE_URL="", REDIS_URL="") as server,
    ):
        newcomer = Client(server.url)
        page = newcomer.get("/review/")
        files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
        cold = len(page.body) + sum(len(newcomer.get(file).body) for file in files)
        guest = Guest(server.url)
        replies = [len(guest.grade(3).body) for _ in range(GRADED - 1)]  # the day's last brings the finish
        guest = Guest(server.url)
        ahead = [guest.grade_ahead(3) for _ in range(GRADED - 1)]
    yield Figure("review page, cold: all its bytes, compressed", "B", [cold], at_most=AT_MOST_COLD)
    yield Figure("a graded card's reply, with the next prompt", "B", replies, at_most=AT_MOST_REPLY)
    confirmed = [len(reply.body) for _, reply in ahead]
    yield Figure("the same where that prompt stands there", "B", confirmed, at_most=AT_MOST_REPLY)
    yield Figure("an answer that brings the next prompt", "B", [len(answer.body) for answer, _ in ahead])
