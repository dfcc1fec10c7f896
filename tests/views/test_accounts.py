"""Sign-up, sign-in and all pages below /accounts/, through allauth's own forms; and what a guest brings along."""

import os
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.urls import urlpatterns
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cards.actions.study import grade_card
from cards.http import GUEST_ID
from cards.models import Card, Enrolment, Learner, Schedule, StudyEvent
from cards.scheduling import Grade, replay
from tests.conftest import PASSWORD, START, Clock


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def card(key: str) -> Card:
    return Card.objects.get(key=key)


def send_grade(client: Client, key: str, n: int = 0, grade: int = 3):
    data = {"card": card(key).pk, "part": 0, "n": n, "grade": grade}
    return client.post(reverse("cards:grade"), data, follow=True)


def sign_up(client: Client, name: str = "eve", **more: str):
    data = {"username": name, "email": f"{name}@example.org", "password1": PASSWORD, **more}
    return client.post(reverse("account_signup"), data, follow=True)


def sign_in(client: Client, login: str = "ada", password: str = PASSWORD, **more: str):
    return client.post(reverse("account_login"), {"login": login, "password": password, **more}, follow=True)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def assert_schedules_are_what_the_events_say(learner: Learner) -> None:
    for schedule in Schedule.objects.filter(learner=learner):
        log = StudyEvent.objects.of(learner, schedule.card_id)
        assert schedule.state == replay(event.as_event() for event in log)
    call_command("replay", "--check")


# --- what a guest brings along --------------------------------------------------------------------------------------


def test_a_guest_who_signs_up_keeps_every_event(client) -> None:
    client.cookies["time_zone"] = "Europe%2FBerlin"
    for key, grade in (("c1", 3), ("c2", 1), ("c3", 4)):
        send_grade(client, key, grade=grade)
    events = set(StudyEvent.objects.values_list("pk", flat=True))
    html = sign_up(client).content.decode()
    eve = Learner.objects.get()
    assert (eve.username, eve.is_guest, eve.time_zone) == ("eve", False, "Europe/Berlin")
    assert is_signed_in(client)
    assert GUEST_ID not in client.session
    assert "What you learnt here as a guest is in your account now." in html
    assert "You are signed in as eve." in html
    assert len(events) == 3
    assert set(eve.study_events.values_list("pk", flat=True)) == events
    assert Enrolment.objects.get(learner=eve).deck.name == "Shared deck"
    assert_schedules_are_what_the_events_say(eve)


def test_the_review_goes_on_where_the_guest_left_it(client) -> None:
    send_grade(client, "c1")
    sign_up(client)
    html = send_grade(client, "c2").content.decode()
    assert "Prompt 3?" in html
    assert StudyEvent.objects.filter(learner__username="eve").count() == 2


def test_a_guest_who_signs_in_brings_the_log_into_the_accounts(client, ada, clock: Clock) -> None:
    grade_card(learner=ada, card_id=card("c1").pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    clock.tick(days=1)
    send_grade(client, "c1", grade=4)
    send_grade(client, "c2")
    clock.tick(days=1)
    grade_card(
        learner=Learner.objects.get(pk=ada.pk), card_id=card("c1").pk, part=0, shown_number=1, grade=Grade.AGAIN,
        now=clock.now,
    )  # fmt: skip
    sign_in(client)
    assert Learner.objects.get() == ada
    assert GUEST_ID not in client.session
    log = StudyEvent.objects.of(ada, card("c1").pk).values_list("number", "grade")
    assert list(log) == [(1, 3), (2, 4), (3, 1)]
    assert StudyEvent.objects.count() == 4
    assert_schedules_are_what_the_events_say(ada)


def test_signing_in_again_changes_nothing(client, ada) -> None:
    send_grade(client, "c1")
    sign_in(client)
    before = list(StudyEvent.objects.values())
    client.post(reverse("account_logout"))
    sign_in(client)
    assert list(StudyEvent.objects.values()) == before


def test_what_the_guest_took_back_stays_so_and_the_account_can_take_the_rest_back(client) -> None:
    html = send_grade(client, "c1", grade=1).content.decode()
    act = re.search(r'name="act" value="(event:[^"]+)"', html)
    assert act
    client.post(reverse("cards:undo"), {"act": act[1]})
    send_grade(client, "c1", n=2, grade=4)
    sign_up(client)
    eve = Learner.objects.get()
    assert Schedule.objects.get().lapses == 0
    last = StudyEvent.objects.get(number=3)
    client.post(reverse("cards:undo"), {"act": f"event:{last.pk}"})
    assert Schedule.objects.get().state.is_new
    assert StudyEvent.objects.count() == 4
    assert_schedules_are_what_the_events_say(eve)


def test_a_form_that_was_open_before_the_merge_gets_the_fresh_card(client, ada) -> None:
    """In another tab the guest's card, with no event, was shown; the account has graded it before."""
    grade_card(learner=ada, card_id=card("c1").pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    send_grade(client, "c2")
    sign_in(client)
    html = send_grade(client, "c1", n=0, grade=1).content.decode()
    assert "graded elsewhere" in html
    assert "Prompt 3?" in html
    assert list(StudyEvent.objects.values_list("grade", flat=True)) == [3, 3]


def test_a_form_older_than_the_sign_in_is_refused_with_a_way_on(ada) -> None:
    client = Client(enforce_csrf_checks=True)
    html = client.get(reverse("account_login")).content.decode()
    old = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', html)
    assert old
    sign_in(client, csrfmiddlewaretoken=old[1])
    assert is_signed_in(client)
    data = {"card": card("c1").pk, "part": 0, "n": 0, "grade": 3, "csrfmiddlewaretoken": old[1]}
    response = client.post(reverse("cards:grade"), data)
    assert response.status_code == 403
    assert "Nothing was written." in response.content.decode()
    assert not StudyEvent.objects.exists()


def test_a_guest_who_is_gone_does_not_hinder_the_sign_in(client, ada) -> None:
    send_grade(client, "c1")
    Learner.objects.filter(is_guest=True).delete()
    sign_in(client)
    assert is_signed_in(client)
    assert GUEST_ID not in client.session


def test_nobody_signs_in_as_a_guest(client) -> None:
    send_grade(client, "c1")
    guest = Learner.objects.get()
    for password in ("", "!", guest.password):
        sign_in(Client(), guest.username, password)
    assert Learner.objects.get().last_login is None


# --- new accounts ---------------------------------------------------------------------------------------------------


def test_a_new_account_has_the_browsers_zone_and_the_starter_decks(client, clock: Clock) -> None:
    client.cookies["time_zone"] = "Asia%2FTokyo"
    sign_up(client)
    eve = Learner.objects.get()
    assert eve.time_zone == "Asia/Tokyo"
    assert eve.date_joined == clock.now
    assert Enrolment.objects.get().learner == eve


def test_the_address_may_be_confirmed_later(client) -> None:
    sign_up(client)
    assert is_signed_in(client)
    assert not EmailAddress.objects.get().verified
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", mail.outbox[0].body)
    assert link
    assert "eve" in mail.outbox[0].body
    assert "eve@example.org" in client.get(link[1]).content.decode()
    client.post(link[1])
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("guest-abc", "kept for the site"),
        ("GUEST-abc", "kept for the site"),
        ("ｇuest-abc", "kept for the site"),
        ("Admin", "kept for the site"),
        ("ada", "Somebody has that name already."),
        ("Ada", "Somebody has that name already."),
        ("ＡＤＡ", "Somebody has that name already."),
        ("JÖRG", "Somebody has that name already."),
        ("eve@example.org", "no @ in it"),
        ("eve adams", "valid username"),
    ],
)
def test_a_name_that_is_reserved_or_looks_like_anothers_is_refused(client, ada, name, error) -> None:
    Learner.objects.create_user("jörg")
    html = sign_up(client, name, email="eve@example.org").content.decode()
    assert error in html
    assert f'value="{name}"' in html
    assert 'aria-invalid="true"' in html
    assert Learner.objects.count() == 2
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["guest", "administrator", "ad", "a.da", "ada+"])
def test_a_name_that_only_resembles_is_taken(client, ada, name) -> None:
    sign_up(client, name, email="eve@example.org")
    assert Learner.objects.filter(username=name).exists()


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@example.org"])
def test_an_address_that_has_an_account_is_refused(client, ada, email) -> None:
    assert "An account has that address already." in sign_up(client, email=email).content.decode()
    assert Learner.objects.count() == 1


def test_a_weak_password_is_refused_and_what_was_typed_is_kept(client) -> None:
    html = sign_up(client, password1="12345678").content.decode()
    assert "too common" in html
    assert 'value="eve@example.org"' in html
    assert "12345678" not in html
    assert not Learner.objects.exists()


# --- in and out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", "Ada@Example.org"])
def test_one_signs_in_by_name_or_address(client, ada, login) -> None:
    sign_in(client, login)
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_sign_in_goes_where_one_wanted_and_nowhere_else(client, ada) -> None:
    assert sign_in(client, next="/decks/").redirect_chain[-1][0] == "/decks/"
    client.post(reverse("account_logout"))
    assert sign_in(client, next="https://evil.example/").redirect_chain[-1][0] == "/"


def test_only_a_post_signs_out(client_of, ada) -> None:
    client = client_of(ada)
    assert "Sign out?" in client.get(reverse("account_logout")).content.decode()
    assert is_signed_in(client)
    html = client.post(reverse("account_logout"), follow=True).content.decode()
    assert "You are signed out." in html
    assert not is_signed_in(client)


def test_a_closed_account_stays_out(client, ada) -> None:
    Learner.objects.update(is_active=False)
    sign_in(client)
    assert not is_signed_in(client)


def test_the_admin_signs_in_by_the_same_door(client, staff) -> None:
    response = client.get("/admin/")
    assert response.url == "/admin/login/?next=/admin/"
    credentials = {"username": "staff", "password": PASSWORD, "next": "/admin/"}
    response = client.post(response.url, credentials)
    assert response.url == "/accounts/login/?next=%2Fadmin%2F"
    assert not is_signed_in(client)
    assert sign_in(client, "staff", next="/admin/").redirect_chain[-1][0] == "/admin/"


# --- limits ---------------------------------------------------------------------------------------------------------

CACHES = [
    pytest.param(
        {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "limits"}, id="database"
    ),
    pytest.param(
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ.get("REDIS_URL", ""),
        },
        id="redis",
        marks=pytest.mark.skipif(
            not os.environ.get("REDIS_URL"), reason="runs where REDIS_URL says what to use"
        ),
    ),
]


@pytest.fixture(params=CACHES)
def limits(request, settings, db) -> None:
    """The limits as they are counted in use: by each of the two caches, beginning with nothing counted."""
    settings.CACHES = {"default": request.param | {"KEY_PREFIX": uuid4().hex}}
    if request.param["LOCATION"] == "limits":
        call_command("createcachetable")


def test_after_five_wrong_passwords_not_even_the_right_one_opens(limits, ada) -> None:
    for attempt in range(5):
        html = sign_in(Client(REMOTE_ADDR=f"203.0.113.{attempt}"), password="wrong").content.decode()
        assert "No account has that name" in html
    client = Client(REMOTE_ADDR="203.0.113.99")
    assert "That was tried too often." in sign_in(client).content.decode()
    assert not is_signed_in(client)
    assert sign_in(client, "bob", "wrong").status_code == 200


def test_one_address_tries_ten_names_a_minute(limits, ada) -> None:
    client = Client()
    for attempt in range(10):
        assert "No account has that name" in sign_in(client, f"name{attempt}", "wrong").content.decode()
    assert "That was tried too often." in sign_in(client).content.decode()
    assert not is_signed_in(client)


def test_one_address_asks_for_a_new_password_twenty_times_a_minute(limits, ada) -> None:
    answers = [
        Client().post(reverse("account_reset_password"), {"email": f"{n}@example.org"}) for n in range(21)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    html = answers[-1].content.decode()
    assert "tried too often" in html
    assert 'class="brand"' in html


def test_the_limit_counts_the_address_that_the_proxy_saw(limits, settings, ada) -> None:
    """Without a proxy of ours nobody's word is taken; with one, the last address is the proxy's word."""

    def ask(forwarded: str) -> int:
        client = Client(HTTP_X_FORWARDED_FOR=forwarded)
        return client.post(reverse("account_reset_password"), {"email": f"{uuid4()}@example.org"}).status_code

    assert [ask(f"198.51.100.{n}") for n in range(21)][-1] == 429
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert ask("198.51.100.50") == 302
    assert [ask(f"198.51.100.{n}, 198.51.100.60") for n in range(21)][-1] == 429


# --- passwords and addresses ----------------------------------------------------------------------------------------


def test_a_forgotten_password_is_set_anew_by_mail(client, ada) -> None:
    html = client.post(
        reverse("account_reset_password"), {"email": "ada@example.org"}, follow=True
    ).content.decode()
    assert "A mail is on its way." in html
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link
    assert mail.outbox[0].subject == "A new password for chapter5"
    page = client.get(link[1], follow=True)
    new = {"password1": "another long password", "password2": "another long password"}
    html = client.post(page.redirect_chain[-1][0], new, follow=True).content.decode()
    assert "Your new password is set." in html
    assert "This link is no longer good." in client.get(link[1], follow=True).content.decode()
    sign_in(client, password="another long password")
    assert is_signed_in(client)


def test_an_address_without_an_account_gets_a_mail_that_says_so(client) -> None:
    html = client.post(
        reverse("account_reset_password"), {"email": "who@example.org"}, follow=True
    ).content.decode()
    assert "A mail is on its way." in html
    assert "No account has that address." in mail.outbox[0].body
    assert "/accounts/signup/" in mail.outbox[0].body


def test_a_password_is_changed_with_the_old_one(client_of, ada) -> None:
    client = client_of(ada)
    new = {"password1": "another long password", "password2": "another long password"}
    client.post(reverse("account_change_password"), {"oldpassword": "wrong", **new})
    assert Learner.objects.get().check_password(PASSWORD)
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})
    assert Learner.objects.get().check_password("another long password")
    assert is_signed_in(client)


def test_addresses_are_added_confirmed_made_primary_and_removed(client_of, ada) -> None:
    client, page = client_of(ada), reverse("account_email")
    client.get(page)  # allauth enters the address that the account has
    client.post(page, {"email": "new@example.org", "action_add": "1"})
    address = EmailAddress.objects.get(email="new@example.org")
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]))
    client.post(page, {"email": "new@example.org", "action_primary": "1"})
    assert Learner.objects.get().email == "new@example.org"
    html = client.get(page).content.decode()
    assert "primary, confirmed" in html
    assert "not confirmed" in html
    client.post(page, {"email": "ada@example.org", "action_remove": "1"})
    assert EmailAddress.objects.get() == address


def test_an_address_of_another_account_cannot_be_added(client_of, ada, bob) -> None:
    client, page = client_of(bob), reverse("account_email")
    assert (
        "An account has that address already."
        in client.post(page, {"email": "Ada@example.org", "action_add": "1"}).content.decode()
    )
    assert not EmailAddress.objects.filter(user=bob, email="ada@example.org").exists()


# --- every page -----------------------------------------------------------------------------------------------------

# How each route of allauth is looked at: by whom, and what its heading says.
PAGES = {
    "account_login": ("nobody", "Sign in"),
    "account_signup": ("nobody", "Sign up"),
    "account_inactive": ("nobody", "This account is closed."),
    "account_email_verification_sent": ("nobody", "A mail is on its way."),
    "account_reset_password": ("nobody", "A new password"),
    "account_reset_password_done": ("nobody", "A mail is on its way."),
    "account_reset_password_from_key": ("nobody", "This link is no longer good."),
    "account_reset_password_from_key_done": ("nobody", "Your new password is set."),
    "account_confirm_email": ("nobody", "This link is no longer good."),
    "account_confirm_login_code": ("nobody", "Sign in"),  # no codes are sent: it goes back to the sign-in
    "account_logout": ("ada", "Sign out?"),
    "account_reauthenticate": ("ada", "Your password again"),
    "account_email": ("ada", "E-mail addresses"),
    "account_change_password": ("ada", "Change the password"),
    "account_set_password": ("without password", "Set a password"),
}
ARGUMENTS = {"account_confirm_email": ["no-key"], "account_reset_password_from_key": ["1", "no-key"]}


def test_every_route_of_allauth_is_looked_at() -> None:
    assert {pattern.name for pattern in urlpatterns} == PAGES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_in_our_look_and_keeps_the_policy(
    name, ada, client_of: Callable[[Learner], Client]
) -> None:
    who, heading = PAGES[name]
    if who == "without password":
        ada.set_unusable_password()
        ada.save()
    client = Client() if who == "nobody" else client_of(ada)
    response = client.get(reverse(name, args=ARGUMENTS.get(name, [])), follow=True)
    html = response.content.decode()
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == [heading]
    assert html.count("<main") == 1
    assert 'class="brand"' in html
    assert "app.css" in html
    assert not re.search(r"<style|\sstyle=|<script(?![^>]* src=)|\son\w+=", html)
    assert "placeholder" not in html
    assert "<title>" in html
    fields = re.findall(r'<input type="(?!hidden)\w+"[^>]* id="([^"]+)"', html)
    assert all(f'<label for="{field}">' in html for field in fields)


def test_the_sign_up_page_says_what_a_guest_keeps(client) -> None:
    said = "What you learnt here as a guest moves to your account."
    assert said not in client.get(reverse("account_signup")).content.decode()
    send_grade(client, "c1")
    assert said in client.get(reverse("account_signup")).content.decode()
