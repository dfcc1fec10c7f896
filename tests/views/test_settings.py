"""What learners set for themselves. What a zone does to the study day: test_study_day.py."""

import re
from zoneinfo import available_timezones

import pytest
from django.test import Client
from django.urls import reverse

from cards.actions.learners import change_settings
from cards.models import Card, Learner
from tests.digests import SITE_URL, confirm

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
SETTINGS = "/settings/"
STORED = {
    "time_zone": "UTC", "rollover_hour": "4", "new_per_day": "20", "reviews_per_day": "", "due_order": "longest",
    "new_place": "after", "has_answer_box": "on", "has_streak": "on", "leech_lapses": "8",
    **dict.fromkeys(WEEKDAYS, "u"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def save(client: Client, **changes: str):
    return client.post(SETTINGS, {**STORED, **changes}, follow=True)


def send_grade(client: Client, key: str = "c1"):
    data = {"card": Card.objects.get(key=key).pk, "part": 0, "n": 0, "grade": 3}
    return client.post(reverse("cards:grade"), data, follow=True)


def selected(html: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected', html)


# --- who may --------------------------------------------------------------------------------------------------------


def test_somebody_unknown_signs_in_first_and_no_row_is_made(client) -> None:
    for response in (client.get(SETTINGS), client.post(SETTINGS, STORED)):
        assert response.status_code == 302
        assert response.url == "/accounts/login/?next=%2Fsettings%2F"
    assert not Learner.objects.exists()
    assert "sessionid" not in client.cookies


def test_a_guest_has_settings_and_no_account(client) -> None:
    send_grade(client)
    html = client.get(SETTINGS).content.decode()
    assert "You are here as a guest" in html
    assert "Sign out" not in html
    save(client, new_per_day="1")
    assert Learner.objects.get().new_per_day == 1


def test_an_account_finds_its_addresses_its_password_and_the_way_out(client_of, ada) -> None:
    html = client_of(ada).get(SETTINGS).content.decode()
    for name in ("account_email", "account_change_password"):
        assert f'href="{reverse(name)}"' in html
    assert re.search(r'<form[^>]* action="/accounts/logout/" method="post">', html)
    assert "ada@example.org" in html


# --- the settings ---------------------------------------------------------------------------------------------------


def test_it_shows_what_is_stored(client_of, ada) -> None:
    change_settings(
        learner=ada, time_zone="Europe/Berlin", rollover_hour=2, new_per_day=7, has_answer_box=False,
        has_spreading=True, easy_days="uuuuufn", leech_lapses=5,
    )  # fmt: skip
    html = client_of(ada).get(SETTINGS).content.decode()
    assert selected(html) == ["Europe/Berlin", "2", "longest", "after", *"uuuuufn", ""]
    assert 'value="7"' in html
    assert 'name="leech_lapses" value="5"' in html
    assert re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', html) == [
        "has_spreading",
        "has_streak",
    ]


def test_it_offers_every_time_zone(client_of, ada) -> None:
    html = client_of(ada).get(SETTINGS).content.decode()
    offered = set(re.findall(r'<option value="([^"]*)"', html))
    assert available_timezones() - offered == {"localtime", "Factory"}
    assert '<optgroup label="America">' in html
    assert ">Argentina, Buenos Aires</option>" in html


def test_it_saves_all_of_them(client_of, ada) -> None:
    html = save(
        client_of(ada), time_zone="Asia/Tokyo", rollover_hour="0", new_per_day="0", has_answer_box="",
        reviews_per_day="50", due_order="shuffled", new_place="mixed", has_spreading="on", sunday="n",
        saturday="f", has_streak="", leech_lapses="0",
    ).content.decode()  # fmt: skip
    ada.refresh_from_db()
    assert (ada.time_zone, ada.rollover_hour, ada.new_per_day, ada.has_answer_box) == (
        "Asia/Tokyo",
        0,
        0,
        False,
    )
    assert (ada.reviews_per_day, ada.due_order, ada.new_place) == (50, "shuffled", "mixed")
    assert (ada.has_spreading, ada.easy_days, ada.has_streak) == (True, "uuuuufn", False)
    assert ada.leech_lapses == 0
    assert "Saved." in html


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("rollover_hour", "24"),
        ("new_per_day", "-1"),
        ("new_per_day", "many"),
        ("reviews_per_day", "-1"),
        ("due_order", "random"),
        ("new_place", ""),
        ("leech_lapses", "-1"),
        ("leech_lapses", ""),
        ("monday", "x"),
        ("sunday", ""),
    ],
)
def test_it_refuses_what_cannot_be_and_keeps_what_was_typed(client_of, ada, field, value) -> None:
    typed = {"time_zone": "Asia/Tokyo", "rollover_hour": "7", "new_per_day": "9"}
    response = save(client_of(ada), **(typed | {field: value}))
    html = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html)
    assert f'id="id_{field}_error"' in html
    kept = {"Asia/Tokyo", "7"} - {typed.get(field)}
    assert set(selected(html)) >= kept
    ada.refresh_from_db()
    assert (ada.time_zone, ada.rollover_hour, ada.new_per_day) == ("UTC", 4, 20)


@pytest.mark.parametrize("week", ["nnnnnnn", "fffffff", "nfnfnfn"])
def test_a_week_of_easy_days_alone_is_refused_and_said_where_it_is_chosen(client_of, ada, week) -> None:
    response = save(client_of(ada), **dict(zip(WEEKDAYS, week, strict=True)))
    html = response.content.decode()
    assert response.status_code == 422
    said = re.search(r'aria-describedby="easy-days-help (\S+)">.*?<div id="\1">(.*?)</div>', html, re.DOTALL)
    assert said
    assert "Leave one day as usual" in said[2]
    assert selected(html)[4:-1] == list(week)
    ada.refresh_from_db()
    assert ada.easy_days == "uuuuuuu"


def test_nothing_sent_at_all_is_refused(client_of, ada) -> None:
    assert client_of(ada).post(SETTINGS).status_code == 422


def test_ones_settings_are_ones_own(client_of, ada, bob) -> None:
    save(client_of(bob), new_per_day="3")
    ada.refresh_from_db()
    assert ada.new_per_day == 20


# --- the mail of the morning ----------------------------------------------------------------------------------------


@pytest.fixture
def mailing(settings) -> None:
    """The site can send some."""
    settings.EMAIL_HOST, settings.SITE_URL = "mail.example.org", SITE_URL


def test_a_mail_in_the_morning_is_asked_for_with_its_hour_and_never_unasked(client_of, ada, mailing) -> None:
    confirm(ada)
    client = client_of(ada)
    html = client.get(SETTINGS).content.decode()
    assert "Send me a mail in the morning when something is due" in html
    assert "to ada@example.org; a link in it ends them." in html
    assert not re.search(r'name="has_digest"[^>]* checked', html)
    save(client, has_digest="on", digest_hour="9")
    ada.refresh_from_db()
    assert (ada.has_digest, ada.digest_hour) == (True, 9)
    html = client.get(SETTINGS).content.decode()
    assert re.search(r'name="has_digest"[^>]* checked', html)
    save(client, digest_hour="9")
    ada.refresh_from_db()
    assert not ada.has_digest


def test_what_is_unread_is_listed_in_it_for_those_who_ask(client_of, ada, mailing) -> None:
    confirm(ada)
    client = client_of(ada)
    assert not re.search(r'name="has_digest_notices"[^>]* checked', client.get(SETTINGS).content.decode())
    save(client, has_digest="on", digest_hour="9", has_digest_notices="on")
    ada.refresh_from_db()
    assert ada.has_digest_notices
    assert re.search(r'name="has_digest_notices"[^>]* checked', client.get(SETTINGS).content.decode())


@pytest.mark.parametrize("hour", ["4", "12", "-1", "", "seven"])
def test_its_hour_is_one_of_the_morning(client_of, ada, mailing, hour) -> None:
    confirm(ada)
    assert save(client_of(ada), has_digest="on", digest_hour=hour).status_code == 422
    ada.refresh_from_db()
    assert (ada.has_digest, ada.digest_hour) == (False, 7)


@pytest.mark.parametrize("columns", [None, {"verified": False}, {"primary": False}])
def test_it_needs_an_address_that_is_confirmed(client_of, ada, mailing, columns) -> None:
    if columns:
        confirm(ada, **columns)
    client = client_of(ada)
    html = client.get(SETTINGS).content.decode()
    assert 'goes to an address that you confirmed. <a href="/accounts/email/">Confirm yours</a>' in html
    assert "has_digest" not in html
    save(client, has_digest="on", digest_hour="7")
    ada.refresh_from_db()
    assert not ada.has_digest


def test_where_none_can_be_sent_none_is_offered(client_of, ada, settings) -> None:
    confirm(ada)
    client = client_of(ada)
    for host, url in (("", SITE_URL), ("mail.example.org", "")):
        settings.EMAIL_HOST, settings.SITE_URL = host, url
        html = client.get(SETTINGS).content.decode()
        assert "in the morning" not in html
        save(client, has_digest="on", digest_hour="7")
    ada.refresh_from_db()
    assert not ada.has_digest


def test_a_guest_is_offered_none(client, mailing) -> None:
    send_grade(client)
    assert "in the morning" not in client.get(SETTINGS).content.decode()
    save(client, has_digest="on", digest_hour="7")
    assert not Learner.objects.get().has_digest


def test_the_zone_is_taken_over_with_the_wish_for_a_mail(client_of, ada, mailing) -> None:
    confirm(ada)
    Learner.objects.update(has_digest=True, digest_hour=10)
    client = client_of(ada)
    client.cookies["time_zone"] = "Asia%2FTokyo"
    form = re.search(r'<form id="take-over".*?</form>', client.get(SETTINGS).content.decode(), re.DOTALL)
    assert form
    client.post(SETTINGS, dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0])))
    ada.refresh_from_db()
    assert (ada.time_zone, ada.has_digest, ada.digest_hour) == ("Asia/Tokyo", True, 10)


# --- the browser's zone ---------------------------------------------------------------------------------------------


def test_it_says_where_the_browser_is_and_takes_that_over_alone(client_of, ada) -> None:
    change_settings(
        learner=ada,
        new_per_day=7,
        rollover_hour=2,
        has_answer_box=False,
        has_spreading=True,
        easy_days="unuuuuu",
    )
    client = client_of(ada)
    client.cookies["time_zone"] = "America%2FLos_Angeles"
    html = client.get(SETTINGS).content.decode()
    assert "Your browser says America/Los_Angeles." in html
    form = re.search(r'<form id="take-over".*?</form>', html, re.DOTALL)
    assert form
    assert 'form="take-over"' in html
    client.post(SETTINGS, dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0])))
    ada.refresh_from_db()
    assert (ada.time_zone, ada.new_per_day, ada.rollover_hour, ada.has_answer_box) == (
        "America/Los_Angeles", 7, 2, False,
    )  # fmt: skip
    assert (ada.has_spreading, ada.easy_days) == (True, "unuuuuu")
    assert "Your browser says" not in client.get(SETTINGS).content.decode()


@pytest.mark.parametrize("cookie", [None, "UTC", "Mars%2FOlympus", "..%2F..%2Fetc%2Fpasswd", "localtime"])
def test_it_says_nothing_of_a_browser_that_agrees_or_does_not_say(client_of, ada, cookie) -> None:
    client = client_of(ada)
    if cookie:
        client.cookies["time_zone"] = cookie
    assert "Your browser says" not in client.get(SETTINGS).content.decode()
