"""Nothing in our templates is inline, the admin's overrides included: what is would not run under our policy."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class Inline(HTMLParser):
    """Finds what a Content-Security-Policy without 'unsafe-inline' forbids."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attributes}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(f"<{tag}>")
        self.found += [f"{name}=" for name in names if name == "style" or re.match(r"(hx-)?on", name)]


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_holds_no_inline_script_style_or_handler(path: Path) -> None:
    assert Inline(path.read_text()).found == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>{% if a > b %}<script>x</script>{% endif %}</p>", ["<script>"]),
        ("<style media=print>p {}</style>", ["<style>"]),
        ('<p class="{{ a }}"{% if b %} STYLE="color: red"{% endif %}>', ["style="]),
        ("<button\n  onclick=go()>", ["onclick="]),
        ('<a hx-on:click="go()">', ["hx-on:click="]),
        ('{# <style> #}<script src="{% static "a" %}" defer></script><p data-on="x">style=</p>', []),
    ],
)
def test_it_would_be_found(template: str, found: list[str]) -> None:
    assert Inline(template).found == found
