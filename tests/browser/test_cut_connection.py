"""A connection that is cut, by a browser of a few lines on a real server: the test client's answers cannot be lost."""

import re
import time
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from tests.server import PATIENCE_SECONDS, Server
from tests.views.plain_browser import Forms

LOOK = (
    "from cards.models import Learner, StudyEvent; print(StudyEvent.objects.count(), Learner.objects.count())"
)


def send(server: Server, cookie: str, method: str, path: str, **fields: str) -> HTTPConnection:
    """Sends a request on a connection of its own; the answer is for whoever wants it."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE_SECONDS)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, urlencode(fields) or None, headers)
    return connection


def get(server: Server, cookie: str, path: str) -> tuple[str, str]:
    """The page, and the cookies with what it set."""
    answer = send(server, cookie, "GET", path).getresponse()
    assert answer.status == 200
    return answer.read().decode(), with_cookies(cookie, answer.headers.get_all("Set-Cookie", []))


def with_cookies(cookie: str, new: list[str]) -> str:
    return "; ".join(filter(None, [cookie, *(each.partition(";")[0] for each in new)]))


def rows(server: Server) -> tuple[int, ...]:
    """How many events and learners are committed."""
    return tuple(map(int, server.manage("shell", "-v0", "-c", LOOK).split()))


def wait_for_rows(server: Server, expected: tuple[int, ...]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := rows(server)) != expected:
        assert time.monotonic() < deadline, f"{found}, not {expected}"


def test_an_answer_that_was_lost_after_the_commit_gives_one_review(server: Server) -> None:
    """A guest's very first grade: with the answer the cookie is lost that would say who they are."""
    events, learners = rows(server)
    prompt, cookie = get(server, "", "/review/")
    [ask] = [form for form in Forms(prompt).forms if re.fullmatch(r"/review/\d+/", form.attributes["action"])]
    path = f"{ask.attributes['action']}?{urlencode(ask.fields)}"
    page, cookie = get(server, cookie, path)
    [grades] = [form for form in Forms(page).forms if form.attributes["action"] == "/review/grade/"]

    lost = send(server, cookie, "POST", "/review/grade/", **grades.fields, grade="3")
    wait_for_rows(server, (events + 1, learners + 1))
    lost.close()  # unread; cut any earlier, and the server may never begin
    answer = send(server, cookie, "POST", "/review/grade/", **grades.fields, grade="3").getresponse()

    assert (answer.status, answer.headers["Location"]) == (302, "/review/")
    following, _ = get(server, with_cookies(cookie, answer.headers.get_all("Set-Cookie", [])), "/review/")
    assert "<b>1</b> done" in following
    assert "elsewhere" not in following
    assert rows(server) == (events + 1, learners + 1)
