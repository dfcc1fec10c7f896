"""Plain text into Markdown: what the learner wrote reads the same when it is rendered."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cards.exchange.plain_text import paragraphs, to_markdown
from cards.markup import render

# More than our own pages understand: raw HTML too.
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(dollarmath_plugin)


class Reader(HTMLParser):
    """What a page shows, line by line, its list markers and the language of its code included."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.counters: list[int | None] = []
        self.begins_item = False
        self.block = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag in {"p", "br", "pre", "code", "span", "ul", "ol", "li", "a"}, f"<{tag}> was never written"
        if tag in {"p", "br", "pre", "li"} and not self.begins_item:
            self.text += "\n"
        self.begins_item = tag == "li" or (self.begins_item and tag != "br")
        if tag in {"p", "pre", "li"}:
            self.block = tag
        if tag == "code" and "class" in values:
            self.text += f"{str(values['class']).removeprefix('language-')}\n"
        if tag in {"ul", "ol"}:
            self.counters.append(None if tag == "ul" else int(values.get("start") or 1))
        if tag == "li":
            number = self.counters[-1]
            self.text += "- " if number is None else f"{number}. "
            self.counters[-1] = None if number is None else number + 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self.counters.pop()
        if tag in {"p", "pre", "ul", "ol"}:
            self.text += "\n"
            self.block = ""

    def handle_data(self, data: str) -> None:
        # The line ends between blocks are the renderer's.
        if self.block and not (self.begins_item and data.isspace()):
            self.text += data
            self.begins_item = False


def shown(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return visible(reader.text)


def visible(text: str) -> list[str]:
    """The lines, without spaces around and in a row, backticks (they may mark code), and the form of list markers."""
    lines = (" ".join(line.replace("`", "").split()) for line in text.split("\n"))
    return [marked for line in lines if (marked := _markers(line))]


def _markers(line: str) -> str:
    rest, markers = line, ""
    while match := re.match(r"(?:[-*+•]|(\d+)[.)])(?: |$)", rest):
        markers += f"{match[1]}. " if match[1] else "- "
        rest = rest[match.end() :]
    return (markers + rest).strip()


NASTY = st.lists(
    st.sampled_from(
        [
            "a",
            "b1",
            " ",
            " ",
            "  ",
            "_",
            "__",
            "*",
            "**",
            "`",
            "``",
            "```",
            "\\",
            "$",
            "$$",
            "<",
            ">",
            "<b>",
            "</i>",
        ]
        + [
            "<!--",
            "-->",
            "&amp;",
            "&",
            "#",
            "# ",
            "- ",
            "-",
            "---",
            "+ ",
            "1. ",
            "2) ",
            "3.",
            "=",
            "==",
            "|",
            "|-|",
            ":-",
        ]
        + [
            "[",
            "](",
            "]:",
            "][",
            "!",
            "(",
            ")",
            "~",
            "~~",
            "{",
            "}",
            "^",
            ":",
            '"',
            "'",
            "é",
            "日",
            "•",
            "\t",
            "fit_one_cycle",
        ]
        + [
            "https://a.org/x_y",
            "http://a.org/?q=1&r=*z*",
            "https://a.org/%20",
            "https://xn--a.org.",
            "\\begin{align}",
            "www.a.org",
        ]
    ),
    max_size=9,
).map("".join)
LINES = NASTY | st.builds(lambda indent, text: " " * indent + text, st.integers(0, 8), NASTY)


@given(st.lists(LINES, max_size=7).map("\n".join))
@example("| a | b |\n|---|---|")
@example("a\n===\nb\n---")
@example("1. a\n1. b\n2. c\n\n3. d\n\n1. e")
@example("\\\\$x$ \\(y\\)")
@example("[a]: https://a.org 'b'\n\n[a]")
@example("    indented\n  less")
@example("- a\n\n- ```\n  b\n\n  c\n  ```")
@example("``` a ` b\n` c")
def test_it_shows_what_was_written(text: str) -> None:
    markdown = to_markdown(text)
    assert shown(MARKDOWN.render(markdown)) == visible(text)
    if "```" not in text:  # our own page does not show the language of code as it was written
        assert shown(render(markdown)) == visible(text)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("show_batch() and fit_one_cycle", "show_batch() and fit_one_cycle"),
        ("<<bear_softmax>>", "\\<\\<bear_softmax>>"),
        ("__init__ of `__init__`", "\\_\\_init\\_\\_ of `__init__`"),
        ("2 < 3, a <= b, acts[range(n), targ]", "2 < 3, a <= b, acts[range(n), targ]"),
        ("[a](b) costs $5", "[a\\](b) costs \\$5"),
        ("# not a heading\n> nor a quote", "\\# not a heading\\\n\\> nor a quote"),
        ("C:\\new & R&D, &lt;", "C:\\\\new & R&D, \\&lt;"),
        ("  1. one\n  2. two", "1. one\n2. two"),
        (
            "Two rules:\n  1. one\n     goes on\n  2. two\nDone",
            "Two rules:\n1. one\\\n   goes on\n2. two\n\nDone",
        ),
        ("Rest:\n\n3) three\n4) four", "Rest:\n\n3. three\n4. four"),
        ("• a\n  - b\n• c", "- a\n  - b\n- c"),
        ("1. a\n1. b", "1. a\n\n1) b"),
        ("1. a\n\n2. b", "1. a\n\n2. b"),
        ("2022. a", "2022. a"),
        ("-2.49", "-2.49"),
        ("for x in y:\n\tprint(x_)", "```\nfor x in y:\n    print(x_)\n```"),
        ("```python\na = '*'\n\nb\n```", "```python\na = '*'\n\nb\n```"),
        ("```not closed", "\\`\\`\\`not closed"),
        (
            "See https://a.org/x_y_ (or http://b.org/(c)).",
            "See <https://a.org/x_y_> (or <http://b.org/(c)>).",
        ),
        ("", ""),
        (" \n\n ", ""),
    ],
)
def test_it_escapes_only_what_has_a_meaning(text: str, markdown: str) -> None:
    assert to_markdown(text) == markdown


def test_it_divides_at_blank_lines_but_not_in_code() -> None:
    assert paragraphs("\n a\r\nb \n \n\n```\nc\n\nd\n```\n\n```\ne") == [
        " a\nb",
        "```\nc\n\nd\n```",
        "```\ne",
    ]


def test_it_writes_lists_in_lists_to_any_depth() -> None:
    text = "\n".join(" " * depth + "- a" for depth in range(500))
    assert to_markdown(text).count("a") == 500
    assert to_markdown("- " * 5000 + "a").count("-") == 5000
