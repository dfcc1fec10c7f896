"""Formulas."""

import pytest

from cards.markup import plain, render
from tests.markup.html import Page


@pytest.mark.parametrize(
    ("markdown", "mathml"),
    [
        ("$x^2$", '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'),
        ("$a<b$", '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'),
        ("$\\frac12$", '<math display="inline"><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac></mrow></math>'),
        (
            "$\\text{a_1 < b}$",
            '<math display="inline"><mrow><mtext>a_1&nbsp;&lt;&nbsp;b</mtext></mrow></math>',
        ),
        ("$\\text{a\\_1}$", '<math display="inline"><mrow><mtext>a_1</mtext></mrow></math>'),
        ("$\\mathrm{softmax}$", '<math display="inline"><mrow><mtext>softmax</mtext></mrow></math>'),
        ("$\\mathbf{W}$", '<math display="inline"><mrow><mi>𝐖</mi></mrow></math>'),
        ("$\\mathbf{Wx1}$", "<mrow><mi>𝐖</mi><mi>𝐱</mi><mn>𝟏</mn></mrow>"),
        ("$\\boldsymbol{\\theta}$", "<mi>𝜽</mi>"),
        ("$\\mathbb{R}$", "<mi>ℝ</mi>"),
        ("$\\mathcal{L}$", "<mi>ℒ</mi>"),
        ("$x\\,y\\!z$", '<mspace width="0.167em"></mspace>'),
        ("$\\boxed{x}$", '<menclose notation="box"><mrow><mi>x</mi></mrow></menclose>'),
        ("$\\hat{y}$", '<mover accent="true">'),
        ("$\\color{red}{x}$", "<mstyle><mrow><mi>x</mi></mrow></mstyle>"),
    ],
)
def test_it_writes_a_formula_as_mathml(markdown: str, mathml: str) -> None:
    assert mathml in render(markdown)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}",
        r"-\log \hat{y}_k, \quad \operatorname{argmax}_k p_k",
        r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \left( \frac{a}{b} \right)^{T}",
        r"\nabla_\theta \mathcal{L}(\theta) \approx \mathbb{E}[\partial x] \cdot \sqrt[3]{x'}",
        r"\max(0, x) = \begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\begin{align} a &= b \end{align}",
        r"\begin{gathered} a \\ b \end{gathered}",
        r"\lim_{x \to 0^+} \int_0^\infty \overline{x} \neq \infty \pm \alpha\beta \in \{1, \dots, n\}",
        r"\lVert w \rVert_2^2 \odot \underbrace{x + y}_{n} \sim \mathcal{N}(0, \sigma^2)",
    ],
)
def test_it_reads_the_formulas_of_deep_learning(latex: str) -> None:
    html = render(f"$$\n{latex}\n$$")
    assert "maths-error" not in html
    assert html.startswith(
        '<div class="scroll" role="group" aria-label="Formula" tabindex="0"><math display="block">'
    )
    assert not any(sign in Page(html).text for sign in "\\&$")


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{1}",
        "x_{",
        r"\foo x",
        r"\begin{foo}x\end{foo}",
        "a & b",
        r"\left( x",
        r"\cancel{x}",
        r"\href{x}{y}",
    ]
    + [r"\newcommand{\x}{\x\x}\x", r"\def\x{y}\x", "{" * 500 + "x" + "}" * 500, "x" * 2001, r"\unicode{x41}"],
)
def test_it_shows_the_source_of_a_formula_that_it_cannot_read(latex: str) -> None:
    for markdown in (f"${latex}$", f"a $${latex}$$ b", f"$$\n{latex}\n$$"):
        page = Page(render(markdown))
        assert page.all("code") == [{"class": "maths-error"}]
        assert latex in page.text
        assert page.faults == []


def test_it_takes_away_lengths_that_would_leave_the_formula() -> None:
    html = render(r"$x\hspace{3em}y\hspace{300em}z\hspace{-9em}\raise{9em}{w}\big($")
    assert html.count("<mspace></mspace>") == 2
    assert '<mspace width="3em">' in html
    assert "9em" not in html
    assert 'minsize="1.2em"' in html


@pytest.mark.parametrize(
    "markdown",
    [
        "$5 and $6",
        "It costs $5.",
        "$5-$6",
        "US$5 or US$6",
        "$ x $",
        "$x $",
        "$HOME/$USER",
        "a$x$",
        "$x$2",
        r"\$x$",
        r"$x\$",
        "$$",
        "$$$$",
        "$ $",
        "$",
    ],
)
def test_it_leaves_money_and_other_dollars_alone(markdown: str) -> None:
    page = Page(render(markdown))
    assert page.tags() == ["p"]
    assert page.text.strip() == markdown.replace("\\$", "$")


@pytest.mark.parametrize(
    ("markdown", "count"),
    [
        ("$x$, $y$; ($z$).", 3),
        ("$x$-$y$", 2),
        ("$a*b$ and $c*d$", 2),
        ("$x_1$ and _$y$_", 2),
        (r"$5\$$ costs", 1),
        ("# $x$", 1),
        ("| $x$ |\n|-|\n| $y$ |", 2),
        ("- $x$\n- $$y$$", 2),
        ("> $$\n> x\n> $$", 1),
        ("text\n$$\nx\n$$\ntext", 1),
        ("$$x$$\n$$y$$", 2),
        ("a $$x$$ b", 1),
        ("`$x$`", 0),
        ("    $$x$$", 0),
        ("```\n$$x$$\n```", 0),
        ("$$\nx\n\ny\n$$", 0),
    ],
)
def test_it_finds_formulas_where_they_stand(markdown: str, count: int) -> None:
    page = Page(render(markdown))
    assert page.tags().count("math") == count
    assert page.faults == []


def test_it_gives_a_displayed_formula_a_line_of_its_own_within_a_text() -> None:
    html = render("a $$x$$ b")
    assert (
        '<p>a <span class="scroll display" role="group" aria-label="Formula" tabindex="0"><math display="block">'
        in html
    )
    assert html.endswith("</math></span> b</p>\n")


def test_it_lets_a_long_formula_in_a_line_scroll_by_itself() -> None:
    assert "scroll" not in render("$x+y$")
    assert '<span class="scroll" role="group"' in render("$" + "+".join("abcdefghijklm") + "$")


def test_it_shows_the_source_of_what_comes_after_very_many_formulas() -> None:
    html = render(" ".join(f"$x_{{{number}}}$" for number in range(2000)))
    assert 500 < html.count("<math") < 1000
    assert html.count("<math") + html.count("maths-error") == 2000


def test_it_keeps_the_source_in_plain_text() -> None:
    assert plain("Let $x^2$ be\n$$\n\\frac12\n$$\n") == "Let x^2 be \\frac12"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("so $x$, and", 'so <span class="whole">{},</span> and'),
        ("so $x$.", 'so <span class="whole">{}.</span>'),
        ("so ($x$) and", 'so <span class="whole">({})</span> and'),
        ("so <$x$>&c", 'so <span class="whole">&lt;{}&gt;&amp;</span>c'),
        ("so $x$, $x$", 'so <span class="whole">{},</span> {}'),
        ("so $x$.($x$)", 'so <span class="whole">{}.(</span><span class="whole">{})</span>'),
        ("so $x$-close", 'so <span class="whole">{}-</span>close'),
        ("so $x$....... and", 'so <span class="whole">{}...</span>.... and'),
        ("so $x$ , and", "so {} , and"),
        ("**$x$**, and", "<strong>{}</strong>, and"),
    ],
)
def test_what_hangs_on_a_formula_stays_in_its_line(markdown: str, shown: str) -> None:
    formula = '<math display="inline"><mrow><mi>x</mi></mrow></math>'
    assert render(markdown) == f"<p>{shown.replace('{}', formula)}</p>\n"


@pytest.mark.parametrize("formula", ["$" + "+".join("abcdefghijklm") + "$", "$\\nonsense{$"])
def test_what_hangs_on_a_wide_formula_may_begin_a_line(formula: str) -> None:
    html = render(f"so ({formula}), and")
    assert "whole" not in html
    assert html.startswith("<p>so (<")
    assert html.endswith(">), and</p>\n")
