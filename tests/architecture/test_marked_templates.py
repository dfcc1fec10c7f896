"""Every text of our templates is marked for translation, in what is read and in what is read aloud."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
READ = {"title", "alt", "aria-label", "placeholder"}  # attributes that people read, or hear

# The same in every language: names, file names, signs of units. What stands on a key or in code is left out as it is.
UNTRANSLATED = re.compile(r"\b(chapter5|CSV|torch|log\.html|index\.html|my-data\.json|d|h)\b|&\w+;")


class Texts(HTMLParser):
    """Collects what is read and not marked, with its line."""

    def __init__(self, source: str, is_html: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self.within = ""
        text = unmarked(source)
        if is_html:
            self.feed(text)
            self.close()
        else:
            self.found += [(line, each) for line, each in enumerate(text.split("\n"), 1) if is_text(each)]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if not self.within and tag in {"kbd", "code", "script"}:
            self.within = tag
        names = READ | ({"value"} if tag == "input" and ("type", "submit") in attributes else set())
        self.found += [
            (self.getpos()[0], value) for name, value in attributes if name in names and is_text(value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.within:
            self.within = ""

    def handle_data(self, data: str) -> None:
        for line, each in enumerate(data.split("\n"), self.getpos()[0]):
            if not self.within and is_text(each):
                self.found.append((line, each.strip()))


def unmarked(source: str) -> str:
    """The template without its tags and what they mark, each line at its place."""
    pieces, end = [], ""
    for token in Lexer(source).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if end:
            end = "" if name == end else end
        elif name in {"blocktranslate", "comment"}:
            end = f"end{name}"
        elif token.contents == "block main_class":  # in a class attribute
            end = "endblock"
        elif token.token_type == TokenType.TEXT:
            pieces.append(token.contents)
            continue
        pieces.append("\n" * token.contents.count("\n"))
    return "".join(pieces)


def is_text(text: str) -> bool:
    return any(map(str.isalpha, UNTRANSLATED.sub("", text)))


def texts(source: str, is_html: bool = True) -> list[str]:
    return [f"{line}: {text}" for line, text in Texts(source, is_html).found]


@pytest.mark.parametrize(
    "path",
    sorted([*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]),
    ids=lambda path: str(path.relative_to(TEMPLATES)),
)
def test_a_template_marks_all_its_text(path: Path) -> None:
    assert texts(path.read_text(), path.suffix == ".html") == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Read\n{{ me }}, please</p>", ["1: Read", "2: , please"]),
        ('{% translate "A" %}\n<p>{% if a %}B{% endif %}</p>', ["2: B"]),
        ("{% blocktranslate count n=n %}A{% plural %}B {{ n }}{% endblocktranslate %} C", ["1: C"]),
        ('<img alt="A {{ b }}"\n title="B"><input type="submit" value="C">', ["1: A ", "1: B", "2: C"]),
        ("<button aria-label=\"{% translate 'A' %}\" value='a' class='b'>×</button>", []),
        ("<kbd>Esc</kbd> <code>is:due</code> · chapter5{# A #}{% comment %}B{% endcomment %}", []),
    ],
)
def test_it_would_be_found(template: str, found: list[str]) -> None:
    assert texts(template) == found


@pytest.mark.parametrize(
    "script", sorted((TEMPLATES.parent / "static/js").glob("*.js")), ids=lambda script: script.name
)
def test_a_script_says_nothing_of_its_own(script) -> None:
    """Its sentences come with the page, as attributes, where they are marked."""
    assert re.findall(r"""(["'`])([A-Z][^"'`]* [^"'`]*)\1""", script.read_text()) == []
