"""The mails of the morning, handed to a real mail server: what stands in them, and what becomes of those it refuses."""

import email.policy
import logging
import socket
from datetime import date, timedelta
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from cards import mailer
from cards.actions.digests import claim_digest, stop_digests, token_of
from cards.actions.learners import change_settings
from cards.actions.notices import notify
from cards.mailer import send_digests
from cards.models import Card, Deck, Learner, Notice, Schedule
from cards.tasks import digests
from tests.conftest import START, make_learner
from tests.digests import SITE_URL, subscriber
from tests.doctor.test_mail import Reply, Server, smtp
from tests.reports.logs import Log
from tests.server import free_port

__all__ = ["smtp"]
TODAY = START.date()
MORNING = START.replace(hour=7)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _world(deck, clock, settings) -> None:
    settings.SITE_URL = SITE_URL
    clock.set(MORNING)


@pytest.fixture
def eve() -> Learner:
    return subscriber("eve")


def read(mail: str) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(mail.encode())  # type: ignore[return-value]


def to(server: Server) -> list[str]:
    return [str(read(mail)["To"]) for mail in server.mails]


# --- the mail ---------------------------------------------------------------------------------------------------------


def test_it_says_what_is_due_and_how_it_ends(eve, smtp) -> None:
    server = smtp()
    change_settings(learner=eve, new_per_day=1)
    assert send_digests() == 1
    [mail] = map(read, server.mails)
    stop = f"{SITE_URL}/digest/unsubscribe/{token_of(eve)}/"
    assert (mail["From"], mail["To"]) == ("chapter5 <cards@example.org>", "eve@example.org")
    assert mail["Subject"] == "Two cards today"
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert text.startswith(
        "Good morning, eve.\n\nTwo cards today.\nOne to review, one new, for Monday, 2 March.\n\n"
        f"Review them:\n{SITE_URL}/review/\n"
    )
    assert "once a day at most, at about 7:00 (UTC), and only when something is due." in text
    assert f"Another hour: {SITE_URL}/settings/\nNo more of them: {stop}\n" in text
    assert "<h1>Two cards today.</h1>" in html
    assert "<p>One to review, one new, for Monday, 2 March.</p>" in html
    assert f'<a href="{SITE_URL}/review/">' in html
    assert f'<a href="{stop}">' in html


def bodies(server: Server) -> list[str]:
    """As text and as HTML."""
    [mail] = map(read, server.mails)
    return [mail.get_body([kind]).get_content() for kind in ("plain", "html")]  # type: ignore[union-attr]


def tell(learner: Learner, count: int = 1, **about: object) -> None:
    for number in range(count):
        at = START - timedelta(hours=24 - number)
        notify(kind=Notice.Kind.ACCEPTED, to=[learner], by=make_learner(f"by-{number}"), now=at, **about)


def test_what_is_unread_stands_in_it_for_those_who_want_that(eve, smtp) -> None:
    server, card = smtp(), Card.objects.get(key="c1")
    change_settings(learner=eve, has_digest_notices=True)
    tell(eve, 2, card=card)
    Notice.objects.filter(by__username="by-1").update(read_at=START)
    assert send_digests() == 1
    text, html = bodies(server)
    said = "by-0 accepted your suggestion for “Prompt 1?”"
    assert f"/review/\n\n1 notice in your inbox is unread:\n- {said}\n{SITE_URL}/inbox/\n\n--\n" in text
    assert f'<h2><a href="{SITE_URL}/inbox/">1 notice in your inbox is unread</a></h2>' in html
    assert f"<li>{said}\n</li>" in html
    assert "by-1" not in text + html
    assert Notice.objects.unread().count() == 1


def test_a_long_inbox_is_listed_by_its_newest_and_counted(eve, smtp) -> None:
    server = smtp()
    change_settings(learner=eve, has_digest_notices=True)
    tell(eve, 12, card=Card.objects.get(key="c1"))
    send_digests()
    for body in bodies(server):
        assert "12 notices in your inbox are unread" in body
        assert body.count("accepted your suggestion") == 10
        assert "and 2 more" in body
        assert body.index("by-11") < body.index("by-2")


def test_unread_notices_are_no_reason_for_a_mail_and_are_not_told_unasked(eve, smtp) -> None:
    server = smtp()
    tell(eve, card=Card.objects.get(key="c1"))
    send_digests()
    assert not any("inbox" in body for body in bodies(server))
    kim = subscriber("kim", has_digest_notices=True)
    tell_kim = Notice.objects.create(learner=kim, kind=Notice.Kind.REPORTED, created_at=START)
    Schedule.objects.filter(learner=kim).update(due_on=TODAY + DAY)
    assert send_digests() == 0
    assert Notice.objects.unread().filter(pk=tell_kim.pk).exists()


def test_no_mail_tells_what_one_may_no_longer_read(eve, smtp) -> None:
    server = smtp()
    change_settings(learner=eve, has_digest_notices=True)
    private = Deck.objects.create(name="Secret", owner=make_learner("kim"), created_at=START)
    notify(kind=Notice.Kind.DECK_ADDED, to=[eve], by=None, now=START, deck=private)
    send_digests()
    assert not any("Secret" in body or "inbox" in body for body in bodies(server))


def test_its_headers_let_a_mail_program_end_it_at_a_press(eve, smtp) -> None:
    """RFC 8058: one HTTPS address in List-Unsubscribe, and the one value of List-Unsubscribe-Post. Each on its line."""
    server = smtp()
    send_digests()
    head = server.mails[0].partition("\n\n")[0].split("\n")
    assert f"List-Unsubscribe: <{SITE_URL}/digest/unsubscribe/{token_of(eve)}/>" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert "Auto-Submitted: auto-generated" in head


def test_it_tells_how_long_that_takes_the_learner(eve, smtp) -> None:
    server = smtp()
    change_settings(learner=eve, new_per_day=1)
    for number in range(20):
        Log(eve, Card.objects.get(key="c2"), part=number).grade(-3, answer_seconds=90)
    send_digests()
    assert read(server.mails[0])["Subject"] == "Two cards today, about three minutes"


def test_what_a_learner_is_called_is_text_in_it(smtp) -> None:
    server = smtp()
    subscriber("o'neil&co")
    send_digests()
    mail = read(server.mails[0])
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert text.startswith("Good morning, o'neil&co.\n")
    assert "<p>Good morning, o&#x27;neil&amp;co.</p>" in html


def test_it_is_of_the_learners_own_day_and_zone(smtp, clock) -> None:
    """At seven in Auckland, where it is the third already. The study day begins at eight: so it waits until then."""
    server = smtp()
    subscriber("eve", "Pacific/Auckland", rollover_hour=8)
    clock.set("2026-03-02T18:59:59Z")
    assert send_digests() == 0
    clock.set("2026-03-02T19:00Z")
    assert send_digests() == 1
    text = read(server.mails[0]).get_body(["plain"]).get_content()  # type: ignore[union-attr]
    assert "for Tuesday, 3 March." in text
    assert "at about 8:00 (Pacific/Auckland)" in text


# --- once a day, and only when something is due -----------------------------------------------------------------------


def test_it_comes_once_a_day_and_the_next_day_again(eve, smtp, clock) -> None:
    server = smtp()
    assert [send_digests() for _ in range(3)] == [1, 0, 0]
    clock.set(MORNING + timedelta(hours=4))
    assert send_digests() == 0
    clock.set(MORNING + DAY)
    assert send_digests() == 1
    assert to(server) == ["eve@example.org"] * 2


@pytest.mark.parametrize("what", ["nothing learnt", "nothing due", "done already", "no reviews today"])
def test_with_nothing_due_none_comes_that_day_though_there_are_new_cards(eve, smtp, clock, what) -> None:
    server = smtp()
    match what:
        case "nothing learnt":
            Schedule.objects.all().delete()
        case "nothing due":
            Schedule.objects.update(due_on=TODAY + DAY)
        case "done already":
            Schedule.objects.update(counted_on=TODAY, due_on=TODAY + 6 * DAY)
        case "no reviews today":
            change_settings(learner=eve, reviews_per_day=0)
    assert send_digests() == 0
    Schedule.objects.update(due_on=TODAY, counted_on=TODAY - DAY)
    clock.set(MORNING + timedelta(hours=2))
    assert send_digests() == 0  # that day was looked at
    assert server.mails == []


def test_who_ended_them_between_two_looks_gets_none(eve, smtp) -> None:
    server = smtp()
    stop_digests(learner_id=eve.pk)
    assert send_digests() == 0
    assert server.mails == []


def test_a_site_without_an_address_or_a_server_sends_none(eve, smtp, settings, mailoutbox) -> None:
    server = smtp()
    settings.SITE_URL = ""
    assert send_digests() == 0
    settings.SITE_URL, settings.EMAIL_HOST = SITE_URL, ""
    assert send_digests() == 0
    assert server.mails == mailoutbox == []
    eve.refresh_from_db()
    assert eve.digest_on is None


def test_two_keepers_send_one(eve, smtp, monkeypatch) -> None:
    """The second comes while the first has read who is due, and sends nothing yet."""
    server, inner = smtp(), []

    def claim_late(**arguments: object) -> date | None:
        monkeypatch.setattr(mailer, "claim_digest", claim_digest)
        inner.append(send_digests())
        return claim_digest(**arguments)

    monkeypatch.setattr(mailer, "claim_digest", claim_late)
    assert (send_digests(), inner) == (0, [1])
    assert to(server) == ["eve@example.org"]


def test_whoever_dies_between_the_claim_and_the_mail_sends_none_that_day(
    eve, smtp, monkeypatch, clock
) -> None:
    """A mail that may have been sent is not sent again: one a day at most is the promise."""
    server = smtp()
    with monkeypatch.context() as patch:
        patch.setattr(mailer, "digest", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send_digests()
    assert send_digests() == 0
    clock.set(MORNING + DAY)
    assert send_digests() == 1
    assert len(server.mails) == 1


def test_one_learner_whose_mail_cannot_be_made_keeps_nobody_else_waiting_for_long(
    eve, smtp, monkeypatch
) -> None:
    server = smtp()
    subscriber("kim")
    make = mailer.digest
    monkeypatch.setattr(
        mailer, "digest", lambda learner, *rest: 1 / 0 if learner == eve else make(learner, *rest)
    )
    with pytest.raises(ZeroDivisionError):
        send_digests()
    assert send_digests() == 1
    assert to(server) == ["kim@example.org"]


# --- servers that refuse ----------------------------------------------------------------------------------------------


def test_all_go_over_one_connection(smtp) -> None:
    server = smtp()
    for number in range(5):
        subscriber(f"learner-{number}")
    assert send_digests() == 5
    assert len(server.mails) == 5
    assert server.greeted == 1


def test_while_the_server_is_away_no_day_is_lost(eve, smtp, settings, clock, caplog) -> None:
    server = smtp()
    subscriber("kim")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for _ in range(2):
        assert send_digests() == 0
    assert [record.getMessage() for record in caplog.records] == 2 * [
        f"the digest of learner {eve.pk} was not taken (ConnectionRefusedError): "
        "the server takes none now; they are tried again"
    ]
    settings.EMAIL_PORT = port
    clock.tick(minutes=1)
    assert send_digests() == 2
    assert sorted(to(server)) == ["eve@example.org", "kim@example.org"]


@pytest.mark.parametrize(
    "replies",
    [
        {"greeting": "554 go away"},
        {"greeting": "421 too busy"},
        {"EHLO": "550 not you", "HELO": "550 not you"},
        {"MAIL": "451 come back later"},
        {"MAIL": "553 not from you"},
        {"MAIL": "421 so many today"},
    ],
    ids=str,
)
def test_a_server_that_takes_none_at_all_is_asked_once_and_tried_again_soon(
    eve, smtp, clock, replies
) -> None:
    refusing = smtp(**replies)
    subscriber("kim")
    assert send_digests() == 0
    assert refusing.greeted == 1
    assert refusing.mails == []
    taking = smtp()
    clock.tick(minutes=1)
    assert send_digests() == 2
    assert len(taking.mails) == 2


@pytest.mark.parametrize(
    "replies", [{"RCPT": "450 greylisted"}, {"DATA": "451 later"}, {"mail": "452 no room"}], ids=str
)
def test_a_mail_that_is_refused_for_now_is_tried_again_in_a_quarter_of_an_hour(
    eve, smtp, clock, replies
) -> None:
    smtp(**replies)
    assert send_digests() == 0
    taking = smtp()
    clock.tick(minutes=14)
    assert send_digests() == 0
    clock.tick(minutes=1)
    assert send_digests() == 1
    assert to(taking) == ["eve@example.org"]
    assert send_digests() == 0


def test_it_is_tried_again_until_noon(eve, smtp, clock) -> None:
    smtp(RCPT="450 greylisted")
    tried = 0
    for minute in range(6 * 60):
        clock.set(MORNING + minute * MINUTE)
        before = Learner.objects.get().digest_retry_at
        send_digests()
        tried += Learner.objects.get().digest_retry_at != before
    assert tried == 5 * 4
    taking = smtp()
    clock.set(MORNING + DAY)
    assert send_digests() == 1
    assert len(taking.mails) == 1


@pytest.mark.parametrize(
    "replies", [{"RCPT": "550 no such user"}, {"DATA": "554 no"}, {"mail": "554 spam"}], ids=str
)
def test_a_mail_that_is_refused_for_good_is_not_tried_again_that_day(eve, smtp, clock, replies) -> None:
    smtp(**replies)
    assert send_digests() == 0
    taking = smtp()
    clock.tick(hours=1)
    assert send_digests() == 0
    clock.set(MORNING + DAY)
    assert send_digests() == 1
    assert len(taking.mails) == 1


@pytest.mark.parametrize("reply", ["550 no such user", "450 greylisted"])
def test_one_that_is_refused_keeps_nobody_else_waiting(eve, smtp, reply) -> None:
    server = smtp()
    server.RequestHandlerClass = Choosy
    server.refused = {"eve@example.org": reply}
    subscriber("kim")
    assert send_digests() == 1
    assert to(server) == ["kim@example.org"]


def test_a_server_that_hangs_up_on_one_is_asked_anew_for_the_others(eve, smtp, clock) -> None:
    server = smtp()
    server.RequestHandlerClass = Choosy
    server.refused = {"eve@example.org": "421 enough"}
    subscriber("kim")
    assert send_digests() == 0
    clock.tick(minutes=1)
    assert send_digests() == 1
    server.refused = {}
    clock.tick(minutes=15)
    assert send_digests() == 1
    assert to(server) == ["kim@example.org", "eve@example.org"]


def test_a_connection_that_breaks_when_the_mail_may_have_been_taken_is_the_end_for_that_day(
    eve, smtp, clock
) -> None:
    server = smtp()
    server.RequestHandlerClass = BreaksOff
    subscriber("kim")
    assert send_digests() == 0
    assert to(server) == ["eve@example.org"]  # it was: a second one would be too much
    server.RequestHandlerClass = Reply
    clock.tick(minutes=1)
    assert send_digests() == 1
    assert to(server) == ["eve@example.org", "kim@example.org"]


def test_a_server_that_says_nothing_is_waited_for_as_long_as_a_worker_may_be_away(
    eve, smtp, settings, monkeypatch
) -> None:
    smtp()
    monkeypatch.setattr(mailer, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", port := free_port())):
        settings.EMAIL_PORT = port
        assert send_digests() == 0
    eve.refresh_from_db()
    assert eve.digest_on == TODAY - DAY


def test_after_ten_seconds_the_keeper_is_let_go_and_the_next_call_goes_on(smtp, monkeypatch) -> None:
    server = smtp()
    for number in range(5):
        subscriber(f"learner-{number}")
    ticks = iter(range(0, 1000, 4))  # four seconds from one look at the clock to the next
    monkeypatch.setattr(mailer.time, "monotonic", lambda: next(ticks))
    assert [send_digests() for _ in range(4)] == [2, 2, 1, 0]
    assert len(set(to(server))) == 5


def test_no_word_of_the_server_and_no_address_is_in_the_log(eve, smtp, caplog) -> None:
    smtp(RCPT="550 5.1.1 <eve@example.org> is nobody's business")
    send_digests()
    [record] = caplog.records
    assert record.getMessage() == f"the digest of learner {eve.pk} was not taken (550): none comes today"


def test_the_task_tells_how_many_were_sent(eve, smtp, caplog) -> None:
    smtp()
    caplog.set_level(logging.INFO, "cards.tasks")
    for _ in range(2):
        digests()
    assert [record.getMessage() for record in caplog.records] == ["1 digests sent"]


class Choosy(Reply):
    """Takes no mail to some addresses."""

    def answer(self, line: str) -> None:
        refusals = [reply for address, reply in self.server.refused.items() if f"<{address}>" in line]
        if line.upper().startswith("RCPT") and refusals:
            self.wfile.write(f"{refusals[0]}\r\n".encode())
        else:
            super().answer(line)


class BreaksOff(Reply):
    """Takes a mail, and dies before it says so."""

    def say(self, command: str) -> None:
        if command == "mail":
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            super().say(command)
