"""How pages look in one browser: theme, text size, keys; for anybody."""

import re

import pytest

from cards.appearance import APPEARANCE as CHOICES
from cards.models import Learner

APPEARANCE = "/appearance/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def html_tag(client) -> str:
    return re.search("<html[^>]*>", client.get("/").content.decode())[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, choice in CHOICES.items() for value in choice.values if value != choice.default],
)
def test_what_is_chosen_is_on_every_page_until_the_default_is_chosen_again(client, name, value) -> None:
    client.post(APPEARANCE, {name: value})
    assert html_tag(client) == f'<html lang="en" data-{name}="{value}">'
    page = client.get(APPEARANCE).content.decode()
    assert f'name="{name}" value="{value}" aria-pressed="true"' in page
    client.post(APPEARANCE, {name: CHOICES[name].default})
    assert html_tag(client) == '<html lang="en">'


def test_choosing_one_leaves_the_others(client) -> None:
    client.post(APPEARANCE, {"theme": "dark"})
    client.post(APPEARANCE, {"text": "large"})
    client.post(APPEARANCE, {"keys": "off"})
    assert html_tag(client) == '<html lang="en" data-theme="dark" data-text="large" data-keys="off">'


@pytest.mark.parametrize("cookie", ["neon", 'dark" onload="x', ""])
def test_a_cookie_of_somebody_elses_making_counts_as_none(client, cookie) -> None:
    client.cookies["theme"] = cookie
    assert html_tag(client) == '<html lang="en">'


def test_a_theme_is_kept_in_a_cookie_and_shown(client) -> None:
    response = client.post(APPEARANCE, {"theme": "dark", "next": "/decks/?page=2"})
    assert response.url == "/decks/?page=2"
    assert client.cookies["theme"].value == "dark"
    assert client.cookies["theme"]["samesite"] == "Lax"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert not Learner.objects.exists()


def test_system_forgets_the_theme(client) -> None:
    client.post(APPEARANCE, {"theme": "dark"})
    client.post(APPEARANCE, {"theme": "system"})
    assert client.cookies["theme"].value == ""
    assert "data-theme" not in client.get("/").content.decode()


@pytest.mark.parametrize("theme", ["", "neon", 'dark" onload="'])
def test_a_theme_that_is_none_changes_nothing(client, theme) -> None:
    response = client.post(APPEARANCE, {"theme": theme, "next": "/decks/"})
    assert response.status_code == (422 if theme else 302)
    assert not theme or "is not one of the available choices" in response.content.decode()
    assert "theme" not in client.cookies


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "http://evil.example",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,hello",
        "http://testserver@evil.example/",
        "https://testserver.evil.example/",
        " //evil.example",
        "/\t/evil.example/",
        "",
    ],
)
def test_it_stays_here_rather_than_to_another_site(client, target) -> None:
    response = client.post(APPEARANCE, {"theme": "dark", "next": target})
    assert response.status_code == 302
    assert response.url == APPEARANCE


@pytest.mark.parametrize("target", ["admin", "nonsense", "account_login"])
def test_an_address_is_no_name_of_a_view(client, target) -> None:
    assert client.post(APPEARANCE, {"theme": "dark", "next": target}).url == target


def test_a_line_break_ends_no_header(client) -> None:
    response = client.post(APPEARANCE, {"theme": "dark", "next": "/decks/\r\nSet-Cookie: a=b"})
    assert "\n" not in response["Location"]
    assert "a" not in client.cookies


def test_a_get_sets_nothing(client) -> None:
    assert client.get(APPEARANCE, {"theme": "dark"}).status_code == 200
    assert "theme" not in client.cookies
