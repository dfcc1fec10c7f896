"""What a request leaves in the log, and the id that ties it to whatever else is logged about it."""

import logging
import re
import urllib.error
import urllib.request

import pytest

from chapter5 import logs
from tests.server import running

pytestmark = pytest.mark.django_db
OURS = re.compile("[0-9a-f]{32}")
GIVEN = {"X-Request-ID": "given.by_a-proxy.0"}


def access(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "chapter5.access"]


def test_it_gives_each_request_an_id_of_its_own(client) -> None:
    first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
    assert OURS.fullmatch(first)
    assert OURS.fullmatch(second)
    assert first != second


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True), (2, True)])
def test_it_believes_an_id_from_a_proxy_of_ours_alone(settings, client, proxies, is_believed) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    answered = client.get("/healthz", headers=GIVEN)["X-Request-ID"]
    assert (answered == GIVEN["X-Request-ID"]) is is_believed
    assert is_believed or OURS.fullmatch(answered)


@pytest.mark.parametrize("given", ["x\ny", "x\n", "x\r\nSet-Cookie: a=b", "", " ", "x" * 65, "\u0663", "{}"])
def test_it_believes_no_id_of_another_shape(settings, client, given) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert OURS.fullmatch(client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"])


@pytest.mark.parametrize(
    ("path", "status", "level"),
    [
        ("/decks/", 200, "INFO"),
        ("/%0a200 OK", 404, "WARNING"),
        ("/healthz", 200, "DEBUG"),
        ("/readyz", 200, "DEBUG"),
        ("/readyz/", 404, "WARNING"),
    ],
)
def test_it_logs_each_request_by_one_line(client, caplog, path, status, level) -> None:
    caplog.set_level(logging.DEBUG, "chapter5.access")
    client.get(f"{path}?query=1")
    [record] = access(caplog)
    path = path.replace(" ", "%20").replace("%0a", "%0A")
    assert (record.getMessage(), record.levelname) == (f"GET {path}: {status}", level)
    assert (record.method, record.path, record.status, record.learner) == ("GET", path, status, None)


def test_it_names_the_learner_by_their_number(client_of, ada, caplog) -> None:
    caplog.set_level(logging.INFO, "chapter5.access")
    client_of(ada).get("/")
    [record] = access(caplog)
    assert record.learner == ada.pk


def test_a_health_page_that_fails_is_logged(client, caplog, monkeypatch) -> None:
    monkeypatch.setattr("cards.views.status._database", lambda: "cannot be reached")
    client.get("/readyz")
    assert [(record.levelname, record.status) for record in access(caplog)] == [("ERROR", 503)]


def test_at_home_what_went_wrong_is_a_line_for_people_and_the_rest_is_none(tmp_path) -> None:
    with running(tmp_path, LOG_FORMAT="", PRODUCTION="", DATABASE_URL="") as site:
        urllib.request.urlopen(f"{site.url}/decks/", timeout=20).close()
        with pytest.raises(urllib.error.HTTPError) as absent:
            urllib.request.urlopen(f"{site.url}/no", timeout=20)
        absent.value.close()
    [line] = [line for line in (tmp_path / "server.log").read_text().splitlines() if "chapter5" in line]
    said = f"WARNING chapter5.access {absent.value.headers['X-Request-ID']}: GET /no: 404"
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d,\d{{3}} {said}", line)


def test_a_line_of_the_log_says_when_by_whom_and_all_that_it_was_given() -> None:
    given = {"name": "here", "levelname": "INFO", "msg": "a %s", "args": ("line\nand another",), "deck": {7}}
    record = logging.makeLogRecord(given | {"created": 1.5})
    assert logs.Json().format(record) == (
        '{"time": "1970-01-01T00:00:01.500+00:00", "level": "INFO", "logger": "here", '
        '"message": "a line\\nand another", "deck": "{7}"}'
    )
