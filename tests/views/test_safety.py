"""What every answer carries, and what a stranger gets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from cards.models import Card
from chapter5.settings import site_url

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "/",
    "/review/",
    "/decks/",
    "/practice/",
    "/keys/",
    "/demos/",
    "/demos/softmax_table/",
    "/accounts/login/",
    "/accounts/signup/",
    "/nowhere/",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy(client, deck, path) -> None:
    response = client.get(path)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_script_or_style(client, deck, path) -> None:
    html = client.get(path).content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick" not in html
    assert html.count("<script") == html.count('<script src="')


def test_what_is_not_there_says_so(client, deck) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here." in response.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page(deck) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/review/grade/", {"card": 1})
    assert response.status_code == 403
    assert "too old to be accepted" in response.content.decode()


def test_card_content_is_sanitised_in_the_page(client, deck) -> None:
    Card.objects.filter(key="c1").update(prompt='<img src=x onerror="alert(1)"> [x](javascript:alert(1))')
    html = client.get("/review/").content.decode()
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "&lt;img src=x" in html


LOADED = """
import sys
print([name for name in {names} if name in sys.modules])
"""
COMPUTES = ("torch", "torchvision", "fastai", "matplotlib", "numpy", "sklearn", "skimage")
# All pages of demos, a run that is asked for, one that is done, its file: in a process of its own, as a server is.
OPENS_DEMOS = """
import chapter5.wsgi
from django.core.management import call_command
call_command("prepare", stdout=open("/dev/null", "w"))
from django.test import Client
from cards.models import Card, DemoRun
client, card = Client(), Card.objects.filter(details__contains="demo: softmax_table").first()
from tests.views.demo_runs import done
pages = ["/", "/demos/", "/demos/softmax_table/", "/demos/lr_find/", f"/review/{card.pk}/?n=0", card.get_absolute_url()]
for page in pages:
    assert client.get(page).status_code == 200, page
for htmx in ({}, {"HX-Request": "true"}):
    assert client.post("/demos/softmax_table/run/", {"card": card.pk}, headers=htmx).status_code in {200, 302}
run = DemoRun.objects.get()
assert client.get(run.get_absolute_url(), headers={"HX-Request": "true"}).status_code == 200
assert client.post(f"{run.get_absolute_url()}cancel/").status_code == 302
ended = done(run.learner, seed=1)
for page in (ended.get_absolute_url(), f"{ended.get_absolute_url()}0.csv", f"{ended.get_absolute_url()}pictures/0.png"):
    assert client.get(page).status_code == 200, page
"""


def loaded(code: str, names: tuple[str, ...], **environment: str) -> str:
    """Which of the modules a fresh process has loaded after it ran the code."""
    done = subprocess.run(
        [sys.executable, "-c", code + LOADED.format(names=names)],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_a_web_process_that_starts_loads_neither_torch_nor_what_sends() -> None:
    code = "import chapter5.wsgi; from django.urls import get_resolver; get_resolver().url_patterns"
    assert loaded(code, (*COMPUTES, "celery")) == "[]"


def test_no_page_of_demos_loads_what_computes_or_draws(tmp_path) -> None:
    own = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    assert loaded(OPENS_DEMOS, COMPUTES, **own) == "[]"


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"TEST_CLOCK": "2026-01-01T00:00:00Z"}, "TEST_CLOCK is set in production"),
        ({"DEBUG": "1"}, "DEBUG is on in production"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"PRODUCTION": "maybe"}, "PRODUCTION must be"),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT must be a whole number"),
        ({"EMAIL_USE_SSL": "yes"}, "EMAIL_USE_SSL must be 1, 0, true or false"),
        ({"EMAIL_USE_SSL": "1", "EMAIL_USE_TLS": "1"}, "EMAIL_USE_SSL and EMAIL_USE_TLS exclude each other"),
        ({"SITE_URL": "http://cards.example.org"}, "SITE_URL must be like https://cards.example.org"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be json or line, not 'xml'"),
    ],
)
def test_production_refuses_what_is_not_safe(environment, complaint, tmp_path) -> None:
    base = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "PRODUCTION": "1", "SECRET_KEY": "k" * 60,
            "ALLOWED_HOSTS": "cards.example.org"}  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=ROOT, env=base | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert complaint in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ""),
        ("https://cards.example.org", "https://cards.example.org"),
        ("https://cards.example.org/", "https://cards.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("cards.example.org", None),
        ("ftp://cards.example.org", None),
        ("https://", None),
        ("https://cards.example.org/cards", None),
        ("https://cards.example.org?a=b", None),
        ("https://ada:secret@cards.example.org", None),
        ("https://cards.example.org:port", None),
        ("https://cards example.org", None),
        ("https://cards.example.org>, <https://evil.example", None),
    ],
)
def test_the_sites_address_is_a_bare_one(monkeypatch, given, read) -> None:
    monkeypatch.setenv("SITE_URL", given)
    if read is None:
        with pytest.raises(ImproperlyConfigured, match="SITE_URL must be like https://"):
            site_url(is_production=False)
    else:
        assert site_url(is_production=False) == read


def test_production_is_clean(tmp_path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "PRODUCTION": "1",
                   "SITE_URL": "https://cards.example.org",
                   "SECRET_KEY": "".join(map(chr, range(40, 110))), "ALLOWED_HOSTS": "cards.example.org"}  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_passwords_are_hashed_with_argon2(settings) -> None:
    from chapter5.settings import PASSWORD_HASHERS

    settings.PASSWORD_HASHERS = PASSWORD_HASHERS  # the tests' own are quick ones
    assert make_password("correct horse battery").startswith("argon2$argon2id$")
