"""The mails of the morning in production: beat itself sends one to a real mail server, and a mail program ends them."""

import http.client
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from cards.actions.study import grade_card
from cards.clock import now
from cards.models import Card, DemoWorker, Learner
from cards.scheduling import Grade
from tests.conftest import make_learner
from tests.digests import SITE_URL, confirm
from tests.doctor.test_mail import Server
from tests.workers.site import Workers, wait_until, working

SITE = "cards.example.org"
ZONES = [
    f"Etc/GMT{offset:+d}" for offset in range(-11, 13)
]  # in one of them it is nine, whatever the time is here


@pytest.fixture(scope="module")
def mail_server() -> Iterator[Server]:
    with Server({}) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def site(reach_database, mail_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """A web and beat, as compose sets them up. Mails are looked for every half second."""
    environment = {
        "PRODUCTION": "1", "SECRET_KEY": "of-this-test-alone-" + "".join(map(chr, range(97, 123))) + "0123456789",
        "ALLOWED_HOSTS": f"{SITE},127.0.0.1", "SITE_URL": SITE_URL, "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_server.server_address[1]), "EMAIL_USE_TLS": "0",
        "DEFAULT_FROM_EMAIL": "chapter5 <cards@example.org>", "DIGEST_SECONDS": "0.5",
    }  # fmt: skip
    folder: Path = tmp_path_factory.mktemp("digests")
    (folder / "queue").mkdir()  # no worker makes it
    with working(folder, "web", "keeper", **environment) as workers:
        yield workers


def subscriber(name: str, hour: int = 9) -> Learner:
    """Somebody where it is that hour of the morning, or the one after; with a card that is due."""
    instant = now()
    [zone] = [zone for zone in ZONES if instant.astimezone(ZoneInfo(zone)).hour == hour]
    learner = make_learner(name, time_zone=zone)
    confirm(learner)
    card = Card.objects.filter(deck__is_starter=True).earliest("pk")
    grade_card(
        learner=learner, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=instant - timedelta(days=3)
    )  # fmt: skip
    Learner.objects.filter(pk=learner.pk).update(has_digest=True, digest_hour=hour)
    return learner


def ask(site: Workers, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    """As the proxy passes it on."""
    to = http.client.HTTPConnection(urlsplit(site.server.url).netloc, timeout=20)
    headers = {"Host": SITE, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    to.request(method, path, body, headers)
    answer = to.getresponse()
    text = answer.read().decode()
    to.close()
    return answer.status, text


def of(server: Server, name: str) -> list[str]:
    return [mail for mail in server.mails if f"\nTo: {name}@example.org\n" in mail]


def test_beat_sends_one_and_a_mail_program_ends_them(site: Workers, mail_server: Server) -> None:
    learner = subscriber("eve")
    wait_until(lambda: of(mail_server, "eve"), "the mail comes", site)
    time.sleep(2)  # several looks later
    [mail] = of(mail_server, "eve")
    head = dict(line.split(": ", 1) for line in mail.partition("\n\n")[0].split("\n") if ": " in line)
    link = head["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith(f"{SITE_URL}/digest/unsubscribe/")
    assert head["From"] == "chapter5 <cards@example.org>"
    path = link.removeprefix(SITE_URL)
    status, text = ask(site, "GET", path)
    assert (status, "Send me none" in text) == (200, True)
    status, text = ask(site, "POST", path, "List-Unsubscribe=One-Click")
    assert (status, "No more mails in the morning.</h1>" in text) == (200, True)
    connection.close()
    Learner.objects.filter(pk=learner.pk).update(digest_on=None)
    time.sleep(2)
    assert len(of(mail_server, "eve")) == 1
    assert not Learner.objects.get(pk=learner.pk).has_digest
    assert path.split("/")[-2] not in site.log


def test_a_mail_server_that_was_away_gets_it_when_it_is_back(site: Workers, mail_server: Server) -> None:
    mail_server.replies["MAIL"] = "421 closed for repairs"
    subscriber("kim")
    wait_until(lambda: "the server takes none now" in site.log, "it was tried", site)
    assert of(mail_server, "kim") == []
    del mail_server.replies["MAIL"]
    wait_until(lambda: of(mail_server, "kim"), "the mail comes", site)
    time.sleep(1)
    assert len(of(mail_server, "kim")) == 1


def test_lost_runs_are_looked_after_all_the_while(site: Workers) -> None:
    begun = now()
    wait_until(lambda: DemoWorker.is_seen_here("care", begun), "the keeper greets", site)
    site.server.manage("worker_seen", "care")
