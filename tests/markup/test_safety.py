"""Nothing that a card says can act on the page that shows it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.markup import plain, render
from cards.markup.code import LANGUAGES
from cards.markup.sanitise import sanitise
from tests.markup.attacks import ATTACKS
from tests.markup.html import Page

# What the attacks are made of, to be mixed in ways that nobody thought of.
DANGEROUS = [
    *"<>\"'`&;:=/\\$*_~#|[](){}!- \n\t\x00\u2028\ud800",
    "\n\n",
    "```",
    "$$",
    "](",
    "<!--",
    "-->",
    "    ",
]
DANGEROUS += [
    "script",
    "<img src=x onerror=alert(1)>",
    "javascript:",
    "data:text/html,",
    "https://a.example",
    "style",
]
DANGEROUS += [
    "<svg>",
    "<math>",
    "<mtext>",
    "</",
    "/>",
    "on",
    "&#x3c;",
    "&lt;",
    "&Tab;",
    "\n|-|-|\n",
    "\n> ",
    "\n- ",
    "1. ",
]
DANGEROUS += [
    "\\text{",
    "\\href{",
    "\\style{",
    "\\frac",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\left",
    "\\unicode{",
    "^",
    "}",
]
DANGEROUS += [
    "/pictures/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f",
    "\n[a]: ",
    "![",
    "x",
    *(f"\n```{name}\n" for name in LANGUAGES),
]
TEXTS = st.lists(
    st.sampled_from(DANGEROUS) | st.sampled_from(ATTACKS) | st.text(max_size=3), max_size=25
).map("".join)


def test_it_knows_more_than_a_hundred_attacks_each_once() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) > 100


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_lets_no_attack_through(attack: str) -> None:
    for around in ["{}", "a {} b", "> - {}", "{}\n\n| a |\n|---|\n| b |", "# {}\n\n$x$"]:
        html = render(around.replace("{}", attack))
        assert Page(html).faults == []
        assert sanitise(html) == html


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_lets_no_attack_through_as_html_either(attack: str) -> None:
    html = sanitise(attack.encode(errors="replace").decode())
    assert [fault for fault in Page(html).faults if "img" not in fault and "image" not in fault] == []
    assert all("src" not in image or image["src"].startswith("/pictures/") for image in Page(html).all("img"))
    assert sanitise(html) == html


@settings(max_examples=600)
@given(TEXTS)
def test_it_lets_nothing_dangerous_through_whatever_is_mixed(text: str) -> None:
    html = render(text)
    assert Page(html).faults == []
    assert sanitise(html) == html
    assert html == render(text)
    html.encode()
    assert "\n" not in plain(text)


@settings(max_examples=600)
@given(TEXTS)
def test_it_changes_nothing_when_it_sanitises_twice(text: str) -> None:
    once = sanitise(text.encode(errors="replace").decode())
    assert sanitise(once) == once


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div class="scroll bar go">x</div>', '<div class="scroll">x</div>'),
        ('<p class="scroll" id="main">x</p>', '<p class="">x</p>'),
        ('<div role="alert" tabindex="5" aria-label="Sign in">x</div>', "<div>x</div>"),
        ('<span role="button">x</span>', "<span>x</span>"),
        ('<img src="https://a.example/x.png" alt="y">', '<img alt="y">'),
        ("<math><mspace width=99em></mspace></math>", "<math><mspace></mspace></math>"),
        ("<math><mi mathcolor=red style=x href=y>x</mi></math>", "<math><mi>x</mi></math>"),
        ("<h1>x</h1>", "x"),
        ("<script>x</script>y<!-- z -->", "y"),
    ],
)
def test_it_takes_away_what_is_not_listed_even_if_we_wrote_it(html: str, expected: str) -> None:
    assert sanitise(html) == expected


def test_it_keeps_the_words_of_an_attack_as_text() -> None:
    assert Page(render("a <script>alert(1)</script> b")).text.strip() == "a <script>alert(1)</script> b"
