"""The doctor on mail: a real server that takes it, refuses it, or is away."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from cards.actions.demo_runs import greet
from cards.doctor.mail import digests, sent, server
from tests.conftest import START, make_learner
from tests.digests import SITE_URL
from tests.server import free_port


class Reply(socketserver.StreamRequestHandler):
    """Speaks SMTP, and answers each command as its server was told."""

    server: "Server"

    def handle(self) -> None:
        self.server.greeted += 1
        self.say("greeting")
        for line in self.rfile:
            self.answer(line.decode().strip())

    def answer(self, line: str) -> None:
        command = line.split()[0].upper() if line else ""
        self.say(command)
        if command == "DATA" and self.server.replies[command].startswith("354"):
            lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
            self.server.mails.append("\n".join(lines))
            self.say("mail")

    def say(self, command: str) -> None:
        self.wfile.write(f"{self.server.replies.get(command, '250 fine')}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, replies: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Reply)
        self.replies = {"greeting": "220 here", "DATA": "354 go on", "QUIT": "221 bye"} | replies
        self.mails: list[str] = []
        self.greeted = 0  # connections
        self.refused: dict[str, str] = {}  # by the address, for whoever looks at it


@pytest.fixture
def smtp(settings) -> Iterator[Callable[..., Server]]:
    """A server with the given replies, which the site then uses; without TLS and without signing in."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = "127.0.0.1", False, ""
    settings.DEFAULT_FROM_EMAIL = "chapter5 <cards@example.org>"
    with ExitStack() as stack:

        def smtp(**replies: str) -> Server:
            server = stack.enter_context(Server(replies))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            settings.EMAIL_PORT = server.server_address[1]
            return server

        yield smtp


def test_a_server_that_takes_mail_gets_none_unasked(said, smtp) -> None:
    taking = smtp()
    assert said(server()) == (
        f"ok: 127.0.0.1:{taking.server_address[1]} takes it. Run `manage.py doctor --mail ADDRESS` to send one."
    )
    assert taking.mails == []


def test_the_test_mail_arrives(said, smtp) -> None:
    taking = smtp()
    assert said(sent("ada@example.org")).startswith("ok: 127.0.0.1:")
    [mail] = taking.mails
    assert "To: ada@example.org" in mail
    assert "From: chapter5 <cards@example.org>" in mail
    assert "Subject: chapter5 can send mail" in mail


@pytest.mark.parametrize(
    ("replies", "answer"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, "550 5.1.1 no such user."),
        ({"MAIL": "553-5.7.1 not\r\n553 from you"}, "553 5.7.1 not from you."),
        ({"DATA": "451 come back later"}, "451 come back later."),
        ({"mail": "554 looks like spam"}, "554 looks like spam."),
        ({"greeting": "554 go away"}, "554 go away."),
    ],
)
def test_a_refused_test_mail_is_a_problem_in_the_server_s_words(said, smtp, replies, answer) -> None:
    smtp(**replies)
    text = said(sent("ada@example.org"))
    assert text.startswith("problem: 127.0.0.1:")
    assert f" refuses a mail to ada@example.org: {answer} Correct EMAIL_HOST" in text


def test_a_server_that_is_away(said, smtp, settings) -> None:
    settings.EMAIL_PORT = free_port()
    for text in (said(server()), said(sent("ada@example.org"))):
        assert text.startswith(f"problem: 127.0.0.1:{settings.EMAIL_PORT} ")
        assert "Connection refused" in text


def test_a_server_that_refuses_the_password(said, smtp, settings) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "cards", "of nobody's business"
    smtp(EHLO="250-here\r\n250 AUTH PLAIN", AUTH="535 5.7.8 no such password")
    assert "does not take it: 535 5.7.8 no such password. Correct" in said(server())
    assert "business" not in said(server())


def test_a_server_without_tls(said, smtp, settings) -> None:
    settings.EMAIL_USE_TLS = True
    smtp()
    assert "does not take it: STARTTLS extension not supported by server. Correct" in said(server())


def test_a_sender_that_nobody_believes(said, smtp, settings) -> None:
    smtp()
    settings.DEFAULT_FROM_EMAIL = "chapter5 <noreply@localhost>"
    assert said(server()).startswith(
        "warning: It is sent from chapter5 <noreply@localhost>, which most servers refuse."
    )


# --- mails of the morning ---------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(settings, db) -> None:
    settings.EMAIL_HOST, settings.SITE_URL = "mail.example.org", SITE_URL
    settings.ALLOWED_HOSTS = ["cards.example.org"]


def test_how_many_asked_for_a_mail_and_where_its_links_lead(said, mailing, clock) -> None:
    assert said(digests()) == f"ok: Asked for by 0 learners; their links lead to {SITE_URL}."
    make_learner("eve", has_digest=True)
    greet(name="care@here:1", queue="care", environment={}, now=START)
    assert said(digests()) == f"ok: Asked for by 1 learner; their links lead to {SITE_URL}."


def test_mails_without_a_keeper_are_a_problem_once_somebody_waits_for_one(said, mailing, clock) -> None:
    make_learner("eve", has_digest=True)
    greet(name="care@here:1", queue="care", environment={}, now=START - timedelta(seconds=31))
    assert said(digests()).startswith(
        "problem: The keeper, which sends them, was not heard of for 30 s. Start it"
    )


def test_links_to_where_the_site_does_not_answer_are_a_problem(said, mailing, settings) -> None:
    settings.ALLOWED_HOSTS = ["other.example.org"]
    assert said(digests()).startswith(
        f"problem: Their links lead to {SITE_URL}, and the site does not answer"
    )
    settings.ALLOWED_HOSTS = [".example.org"]
    assert said(digests()).startswith("ok: ")


def test_a_site_that_does_not_know_its_address_is_told_what_it_lacks(said, mailing, settings) -> None:
    settings.SITE_URL = ""
    assert said(digests()) == (
        "warning: None can be asked for, as the site does not know its own address. "
        "Set SITE_URL to it, like https://cards.example.org."
    )
    settings.EMAIL_HOST = ""
    assert digests() is None  # another check says that there is no mail at all


# --- the console ------------------------------------------------------------------------------------------------------


def test_mail_to_the_console(said, settings, capsys) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.console.EmailBackend", ""
    assert said(server()).startswith("warning: It goes to the console")
    assert (
        said(sent("ada@example.org"))
        == "ok: The console took a mail to ada@example.org. Look whether it arrives."
    )
    printed = capsys.readouterr()
    assert "To: ada@example.org" in printed.err
    assert printed.out == ""
