"""Clozes as they are shown: gaps and what fills them, in text, links, code and maths; nothing hidden leaks."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import clean, read_clozes, show
from cards.cardtext.cloze import MARKS
from cards.markup import plain, render, render_in

GAP = '<mark class="blank"><span class="unseen">blank: </span>{}</mark>'
FILLED = '<mark class="filled"><span class="unseen">filled in: </span>{}</mark>'


def asked(prompt: str, part: int = 1) -> str:
    return render(show(prompt, part)).strip()


def solved(prompt: str, part: int = 1) -> str:
    return render(show(prompt, part, is_filled=True)).strip()


def test_a_gap_is_framed_and_named_and_so_is_what_fills_it() -> None:
    prompt = "The {{c1::learning *rate*}} and {{c2::lr_find}}."
    assert asked(prompt) == f"<p>The {GAP.format('[…]')} and lr_find.</p>"
    assert solved(prompt) == f"<p>The {FILLED.format('learning <em>rate</em>')} and lr_find.</p>"
    assert solved(prompt, 2) == f"<p>The learning <em>rate</em> and {FILLED.format('lr_find')}.</p>"


def test_a_hint_stands_in_the_gap_with_its_markup() -> None:
    assert (
        asked("{{c1::softmax::which `function`?}}")
        == f"<p>{GAP.format('[which <code>function</code>?]')}</p>"
    )


def test_code_in_a_gap_is_hidden_and_a_gap_in_code_is_code() -> None:
    assert asked("{{c1::`lr`}} `{{c1::a}}`") == f"<p>{GAP.format('[…]')} <code>{{{{c1::a}}}}</code></p>"
    assert solved("{{c1::`lr`}}") == f"<p>{FILLED.format('<code>lr</code>')}</p>"
    block = "```\n{{c1::x}}\n```\n\n{{c1::y}}"
    assert "{{c1::x}}" in re.sub("<[^>]+>", "", asked(block))


def test_links_keep_their_words_and_their_address() -> None:
    prompt = "[{{c1::docs}}](https://example.org/a) {{c2::[b](https://example.org/b)}} [d](https://example.org/{{c2::c}})"
    assert (
        f'<a href="https://example.org/a" rel="noopener noreferrer nofollow">{GAP.format("[…]")}</a>'
        in asked(prompt)
    )
    assert 'href="https://example.org/c"' in asked(prompt)
    assert 'href="https://example.org/c"' in solved(prompt, 2)
    assert 'href="https://example.org/b"' in solved(prompt, 2)
    assert "example.org/b" not in asked(prompt, 2)
    assert "example.org/c" not in asked(prompt, 2)


@pytest.mark.parametrize("dollars", ["${}$", "Text $${}$$ text", "$$\n{}\n$$"])
def test_in_maths_a_gap_is_a_frame_and_the_others_are_formula(dollars) -> None:
    prompt = dollars.format(r"\frac{{c1::a_1}}{b} + {{c2::\sqrt{q}}}")
    gap, filled = asked(prompt), solved(prompt)
    assert "maths-error" not in gap + filled
    assert '<span class="unseen">blank: </span>' in gap
    assert '<menclose notation="box"><mrow><mi>…</mi></mrow></menclose>' in gap
    assert "<mi>a</mi>" not in gap
    assert "<msqrt>" in gap
    assert '<span class="unseen">filled in: </span>' in filled
    assert re.search(
        r'<menclose notation="box"><mrow><msub><mi>a</mi><mn>1</mn></msub></mrow></menclose>', filled
    )
    hinted = asked("$x = {{c1::y::the #loss}}$")
    assert "<mtext>the loss</mtext>" in unescape(hinted).replace("\N{NO-BREAK SPACE}", " ")


def test_what_hangs_on_a_formula_with_a_gap_stays() -> None:
    for shown in (asked("Take ($x_{{c1::a}}$), and"), solved("Take ($x_{{c1::a}}$), and")):
        assert re.fullmatch(
            r"<p>Take <span class=\"unseen\">[a-z ]+: </span><span class=\"whole\">\(<math.*</math>\),</span> and</p>",
            shown,
        )


def test_a_gap_that_spans_markup_leaves_it_whole() -> None:
    for html in (
        asked("*a {{c1::b* c}} d"),
        solved("*a {{c1::b* c}} d"),
        solved("[a {{c1::b](https://e.org) c}}"),
    ):
        assert html.count("<mark") == html.count("</mark>")
        assert html.count("<em>") == html.count("</em>")
        assert html.count("<a ") == html.count("</a>")


def test_it_is_said_in_the_readers_language() -> None:
    said = render_in(
        lambda message: {"blank": "Lücke", "filled in": "ergänzt"}.get(str(message), ""), show("{{c1::a}}", 1)
    )
    assert '<span class="unseen">Lücke: </span>' in said


def test_plain_text_has_brackets_and_no_marks() -> None:
    prompt = r"A {{c1::`code`::hint}}, $\frac{{c2::a}}{b}$ and ![{{c1::cat}}](/pictures/x)"
    assert plain(show(prompt)).startswith(r"A [hint], \frac[…]{b}")
    assert plain(show(prompt, is_filled=True)).startswith(r"A code, \frac{a}{b}")
    assert not MARKS.search(plain(show(prompt)))


def test_a_text_that_has_the_marks_itself_has_them_no_more() -> None:
    assert not MARKS.search(render("\ue000x\ue003 \ue001 `\ue002`"))
    assert not MARKS.search(render(show("\ue000 {{c1::a\ue003b}}", 1)))
    assert render("\ue000x") == '<p><mark class="blank"><span class="unseen">blank: </span>x</mark></p>\n'


SECRET = "qzx"
TAG = re.compile("<[^>]+>")  # a formula has each letter in one of its own
AROUND = st.text(st.sampled_from("ab *_`$[]()#>-|\\\n!{}:"), max_size=15)


@given(AROUND, st.sampled_from(["", "*", "`", "$", "_", "["]), AROUND, st.integers(0, 1))
def test_what_is_hidden_is_not_in_the_page(before, sign, after, part) -> None:
    """Whatever stands around it: either it is no cloze, or its text is nowhere."""
    prompt = f"{before}{{{{c1::{sign}{SECRET}{sign}}}}}{after}"
    try:
        pieces = read_clozes(prompt)
    except ValueError:
        return
    if not any(not isinstance(piece, str) and SECRET in piece.text for piece in pieces):
        return
    shown = show(prompt, part)
    assert SECRET not in render(shown)
    assert SECRET not in TAG.sub("", render(shown))
    assert SECRET not in plain(shown)
    assert SECRET in TAG.sub("", render(show(prompt, part, is_filled=True)))


@given(st.text(st.sampled_from("ab{}c12::`$\\[]()\n*\ue000\ue001\ue002\ue003"), max_size=60))
def test_no_mark_is_ever_left(text) -> None:
    for shown in (text, show(text), show(text, 1, is_filled=True)):
        assert not MARKS.search(render(shown))
        assert not MARKS.search(plain(shown))


def test_a_card_that_says_so_has_the_parts_that_are_shown() -> None:
    wording = clean("{{c3::a}} {{c1::b}}\n\n`{{c2::c}}`", "")
    assert wording.parts == (1, 3)
    assert plain(wording.question) == "[…] […] {{c2::c}}"
