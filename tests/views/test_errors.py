"""What is said when a request cannot be answered."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("host", ["evil.example", "local host", "x" * 300])
def test_a_host_that_is_not_ours_gets_a_page_of_ours(deck, host) -> None:
    response = Client(headers={"host": host}).get("/")
    assert response.status_code == 400
    assert "That could not be read." in response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_a_form_with_too_much_in_it_is_said_to_be_so(client, deck) -> None:
    response = client.post(reverse("cards:grade"), {"typed": "x" * 5_000_001})
    assert response.status_code == 400
    assert "5 MB of text at most" in response.content.decode()


def test_a_failure_of_ours_is_said_without_its_reason(deck) -> None:
    """The page stands on its own: what failed may be what other pages need."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cards_deck RENAME TO cards_deck_gone")
    response = Client(raise_request_exception=False).get("/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong here." in html
    assert "cards_deck" not in html
