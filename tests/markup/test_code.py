"""Code: its classes and their colours."""

import re
from pathlib import Path

import pytest

from cards.markup import render
from cards.markup.code import LANGUAGES, MOST, TOKEN_CLASSES, WEIGHT
from cards.markup.code_css import COLOURS, GROUND, stylesheet
from tests.markup.html import Page

STYLESHEET = Path(__file__).parents[2] / "static/css/code.css"


def test_it_highlights_python() -> None:
    html = render("```python\n@dec\ndef f(x):  # <c>\n    return 1 + len('s')\n```")
    assert html == (
        '<pre tabindex="0" role="group" aria-label="Code: Python"><code><span class="t-nd">@dec</span>\n'
        '<span class="t-k">def</span> <span class="t-nf">f</span>(x):  <span class="t-c"># &lt;c&gt;</span>\n'
        '    <span class="t-k">return</span> <span class="t-m">1</span> + <span class="t-nb">len</span>'
        "(<span class=\"t-s\">'s'</span>)\n</code></pre>\n"
    )


def test_it_recognises_a_python_session() -> None:
    html = render("```python\n>>> 1 + 1\n2\n```")
    assert '<span class="t-gp">&gt;&gt;&gt; </span>' in html
    assert '<span class="t-go">2\n</span>' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_knows_each_language_it_lists(language: str) -> None:
    code = "\n\n  # a\n\tb = 'c' <d> 1\n\n\n"
    page = Page(render(f"~~~{language.upper()} more\n{code}~~~"))
    assert page.all("pre")[0]["aria-label"] == f"Code: {LANGUAGES[language]}"
    assert page.text == code + "\n"
    assert page.faults == []


@pytest.mark.parametrize("info", ["", "text", "brainfuck", "pythonx", "../python", '"python"'])
def test_it_shows_other_code_as_it_is(info: str) -> None:
    html = render(f"```{info}\ndef <f>\n```")
    assert html == '<pre tabindex="0" role="group" aria-label="Code"><code>def &lt;f&gt;\n</code></pre>\n'
    assert (
        render("    a\n    b")
        == '<pre tabindex="0" role="group" aria-label="Code"><code>a\nb\n</code></pre>\n'
    )


def test_it_colours_so_much_code_and_no_more() -> None:
    line = "int x = 1;\n"
    short, long = line * 20, line * (MOST // WEIGHT // len(line))
    html = render(
        "\n\n".join(f"```{name}\n{code}```" for name, code in [("c", short), ("", long), ("c", long)])
    )
    assert ["<span" in block for block in html.split("</pre>")] == [True, False, False, False]
    assert Page(html).all("pre")[2]["aria-label"] == "Code: C"
    python = "x = 1\n" * (MOST // 6)
    assert "<span" in render(f"```python\n{python}```")
    assert "<span" not in render(f"```python\n{python}x = 1\n```")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", COLOURS)
def test_it_can_be_read_in_light_and_dark(name: str) -> None:
    for colour, ground in zip(COLOURS[name], GROUND, strict=False):
        assert contrast(colour, ground) >= 4.5


def test_it_measures_contrast_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_it_has_a_colour_for_each_class() -> None:
    assert set(COLOURS) == TOKEN_CLASSES


def test_it_measures_against_the_ground_that_code_stands_on() -> None:
    light, dark = GROUND
    sheet = (STYLESHEET.parent / "app.css").read_text()
    assert re.search(rf"\.content pre \{{[^}}]*background: light-dark\({light}, {dark}\)", sheet)


def test_the_stylesheet_is_the_one_that_the_module_writes() -> None:
    assert STYLESHEET.read_text() == stylesheet()
