"""The page of keys says what the buttons have."""

import re
from pathlib import Path

from django.urls import reverse

from cards.scheduling import Grade

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def test_it_names_each_key_that_a_button_has_and_no_other(client, db) -> None:
    on_buttons = {
        key
        for template in TEMPLATES.rglob("*.html")
        for key in re.findall(r'data-key="([^"{]+)"', template.read_text())
    }
    grades = {str(grade.value) for grade in Grade}
    html = client.get(reverse("cards:keys")).content.decode()
    named = {
        key.lower()
        for row in re.findall(r"<tr><td>(.*?)</td>", html)
        for key in re.findall(r"<kbd>([^<]+)<", row)
    }
    assert named == {"space" if key == " " else key for key in on_buttons} | grades | {"enter"}
