"""The log of a whole site, as a machine reads it: one id from the browser's request into the demo; JSON throughout."""

import http.client
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from django.db import connection

from tests.bench.client import Client
from tests.server import PASSWORD
from tests.views.plain_browser import Forms
from tests.workers.site import MOST_SECONDS, Workers, seeded, wait_until, working

pytestmark = pytest.mark.xdist_group("workers")
FIELDS = {"time", "level", "logger", "message"}


@pytest.fixture(scope="module")
def logged(reach_database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Behind a proxy of ours, which these tests stand for."""
    environment = {"LOG_FORMAT": "json", "TRUSTED_PROXY_COUNT": "1", "DEMO_MOST_SECONDS": str(MOST_SECONDS)}
    folder = tmp_path_factory.mktemp("logged")
    with working(folder, "web", "light", "heavy", "keeper", **environment) as logged:
        yield logged
        assert lines(logged)


def lines(workers: Workers, request_id: str | None = None, logger: str = "") -> list[dict[str, Any]]:
    """All lines so far, or the id's, or the logger's. Raises ValueError for a line that is no object of ours."""
    found = [json.loads(line) for line in workers.log.splitlines()]
    assert all(line.keys() >= FIELDS for line in found)
    return [
        line for line in found
        if request_id in {None, line.get("request_id")} and line["logger"].startswith(logger)
    ]  # fmt: skip


def test_the_id_of_the_browser_s_request_is_in_the_web_s_line_and_in_the_worker_s(logged) -> None:
    page = logged.page(**seeded(activations="1, 2, 3.2519"))
    page.wait_until("done")
    [asked] = lines(logged, page.request_id, "chapter5.access")
    assert (asked["method"], asked["path"], asked["status"]) == ("POST", "/demos/softmax_table/run/", 200)
    assert asked["learner"] == page.run.learner_id
    assert asked["milliseconds"] > 0
    assert asked["time"].endswith("+00:00")
    computed = wait_until(lambda: lines(logged, page.request_id, "cards.runner")[1:], "both lines", logged)
    assert str(page.run_id) in computed[0]["message"]
    assert "3.2519" not in logged.log  # more decimals than a time has


def test_the_second_attempt_has_the_id_of_the_first(logged) -> None:
    page = logged.lasting()
    logged.child("heavy").kill()
    assert page.wait_until("done").attempt == 2
    told = [line["message"] for line in lines(logged, page.request_id)]
    assert [text for text in told if re.search("attempt [12]$", text)] == [
        f"run {page.run_id} of lr_find: attempt {attempt}" for attempt in (1, 2)
    ]
    assert f"run {page.run_id}, or its message, was lost: it is sent again" in told


def test_what_watches_a_run_logs_under_its_id(logged) -> None:
    page = logged.endless()
    page.wait_until("failed")

    def killed() -> list[dict[str, Any]]:
        told = lines(logged, page.request_id, "cards.runner")
        return [line for line in told if "its child is killed" in line["message"]]

    assert wait_until(killed, "it is said", logged)[-1]["level"] == "ERROR"


def test_the_id_of_a_run_does_not_stick_to_what_comes_after_it(logged) -> None:
    page = logged.page(**seeded())
    page.wait_until("done")
    logged.broker.send("light", "no id")
    refused = wait_until(lambda: lines(logged, logger="celery.app.trace"), "it is said", logged)[-1]
    assert "ValueError" in refused["traceback"]
    assert "request_id" not in refused


HOSTILE = [b"a b", b'{"level": "INFO"}', b"x" * 65, b"\xe9", b"a,b", b"%0a", b"", b"x" * 4000]


@pytest.mark.parametrize("given", HOSTILE, ids=lambda given: repr(given[:20]))
def test_an_id_of_another_shape_is_not_believed(logged, given: bytes) -> None:
    answer = ask(logged, given)
    assert answer.status == 200
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert lines(logged, answer.headers["X-Request-ID"], "chapter5.access")


def test_the_id_that_the_proxy_gave_is_believed(logged) -> None:
    given = "0f0c4c1e-6a5b.4d_" + "Z" * 47
    assert ask(logged, given.encode()).headers["X-Request-ID"] == given
    assert len(lines(logged, given, "chapter5.access")) == 1


def ask(workers: Workers, request_id: bytes) -> http.client.HTTPResponse:
    """The answer to a request with that id, byte for byte."""
    to = urlsplit(workers.server.url)
    with socket.create_connection((to.hostname, to.port), timeout=20) as wire:
        head = f"GET /decks/ HTTP/1.1\r\nHost: {to.netloc}\r\nConnection: close\r\nX-Request-ID: ".encode()
        wire.sendall(head + request_id + b"\r\n\r\n")
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        answer.read()
        return answer


def test_nothing_that_was_typed_and_no_key_is_in_the_log(logged) -> None:
    client = Client(logged.server.url)
    forms = Forms(client.get("/review/").text).forms
    [reveal] = [form for form in forms if re.fullmatch(r"/review/\d+/", form.attributes["action"])]
    typed = reveal.fields | {"typed": "my-typed-answer"}
    assert "my-typed-answer" in client.get(f"{reveal.attributes['action']}?{urlencode(typed)}").text
    page = logged.page(**seeded())
    for path, form in {
        "/accounts/login/": {"login": "ada", "password": PASSWORD},
        "/accounts/signup/": {"username": "!", "email": "hidden@example.org", "password1": PASSWORD},
    }.items():
        page.press(path, form)
    for path in ("confirm-email/MTc:secret-key/", "password/reset/key/1-secret-key/"):
        urllib.request.urlopen(f"{logged.server.url}/accounts/{path}?next=secret-key", timeout=20).close()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{logged.server.url}/digest/unsubscribe/17:secret-key/", timeout=20)
    assert {line["path"] for line in lines(logged, logger="chapter5.access")} >= {
        reveal.attributes["action"],
        "/accounts/login/",
        "/accounts/confirm-email/...",
        "/accounts/password/reset/key/...",
        "/digest/unsubscribe/...",
    }
    for secret in ("my-typed-answer", PASSWORD, "hidden@example.org", "secret-key", page.token, "127.0.0.1"):
        assert secret not in logged.log


def test_a_failure_s_traceback_is_one_line_under_the_id_that_the_page_names(logged) -> None:
    rename("cards_deck", "cards_deck_away")
    try:
        with pytest.raises(urllib.error.HTTPError) as failed:
            urllib.request.urlopen(logged.server.url, timeout=20)
    finally:
        rename("cards_deck_away", "cards_deck")
    assert failed.value.code == 500
    request_id = failed.value.headers["X-Request-ID"]
    assert f"<code>{request_id}</code>" in failed.value.read().decode()
    failed.value.close()
    [reason, access] = lines(logged, request_id)
    assert "cards_deck" in reason["traceback"]
    assert (access["level"], access["status"]) == ("ERROR", 500)


def rename(table: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {to}")


def test_what_keeps_programs_alive_logs_as_they_do(logged) -> None:
    light = logged.child("light")
    [master] = [process for process in logged.processes() if is_first_of_the_web(process)]
    master.children()[0].kill()
    light.parent().kill()
    wait_until(lambda: lines(logged, logger="chapter5.supervise"), "the supervisor says so", logged)
    wait_until(lambda: lines(logged, logger="_granian"), "so does granian", logged)


def is_first_of_the_web(process: psutil.Process) -> bool:
    parent = process.parent()
    return "granian" in process.cmdline() and parent is not None and "granian" not in parent.cmdline()
