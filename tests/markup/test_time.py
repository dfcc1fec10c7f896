"""No text keeps a page waiting. The bound is loose, for busy machines; what grows with the square takes far longer."""

import time

import pytest

from cards.markup import render
from cards.markup.code import LANGUAGES, MOST, PYTHON, WEIGHT

SIZE = 50_000
UNITS = [
    "*",
    "_",
    "`",
    "$",
    "[",
    "]",
    "!",
    "![",
    "<",
    ">",
    "> ",
    "- ",
    "1. ",
    "#",
    "|",
    "~",
    "\\",
    "&",
    "(",
    "\n",
    " ",
]
UNITS += [
    "a**",
    "*a_",
    "[a](",
    "[a](b",
    "<a:",
    "[[a]",
    "[a]: b\n",
    "***\n",
    "```\n",
    "a\n=\n",
    "$ a\n",
    "$$ a\n",
    "$$x$$ ",
]
UNITS += [
    "$$ a\n***\n",
    "\\$",
    "$\\text{",
    "$a\\$ ",
    "https://",
    "https://a.example/)",
    "![a](https://b/c)",
    "# a\n## b\n",
]
UNITS += [
    "a|b\n-|-\n",
    "> > > a\n",
    "- a\n",
    "<!--",
    "<a@",
    "&#x",
    "a* *",
    "***a ",
    "|-",
    "-\t",
    "[a][b]",
    "\u202e",
    "𝐱",
]
TEXTS = {repr(unit): (unit * (SIZE // len(unit) + 1))[:SIZE] for unit in UNITS} | {
    "nested quotations": ">" * 10_000 + "a",
    "nested brackets": "[" * 10_000 + "a" + "]" * 10_000,
    "nested emphasis": "*" * 25_000 + "a" + "*" * 24_999,
    "backticks of every length": "".join("`" * length + " " for length in range(1, 310)),
    "a table of short rows": "|a" * 200 + "\n" + "|-" * 200 + "\n" + "|\n" * 20_000,
    "one long address, often": "[a]: https://a.example/" + "b" * 1_900 + "\n\n" + "[a] " * 10_000,
    "many formulas": " ".join(f"$x_{{{number}}}$" for number in range(5_000)),
    "long formulas": " ".join("$" + "x+" * 990 + f"{number}$" for number in range(25)),
    "deep formulas": " ".join("$" + "{" * 900 + f"{number}" + "}" * 900 + "$" for number in range(25)),
    "roots": " ".join("$" + "\\sqrt" * 350 + f" {number}$" for number in range(25)),
    "a megabyte": "*a* " * 250_000,
}
CODE = ["\n", "a b ", "::", "a", "nm.", "@", "<!--", "&a", "1_", "a="]


@pytest.mark.parametrize("name", TEXTS)
def test_it_takes_about_a_second_at_most(name: str) -> None:
    start = time.process_time()
    render(TEXTS[name])
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "language", sorted({name: language for language, name in LANGUAGES.items()}.values())
)
def test_it_takes_about_a_second_at_most_for_code(language: str) -> None:
    most = MOST if LANGUAGES[language] in PYTHON else MOST // WEIGHT
    for unit in CODE:
        start = time.process_time()
        render(f"~~~{language}\n{(unit * most)[: most - 10]}\n~~~")
        assert time.process_time() - start < 5
