"""Card Markdown as HTML."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from cards.markup import parser, plain, render
from cards.markup.parser import LONGEST
from tests.markup.html import Page

PICTURE = "/pictures/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f"
REL = ' rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>\n"),
        ("one  \ntwo", "<p>one<br>\ntwo</p>\n"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"),
        ("a &amp; b &lt; c", "<p>a &amp; b &lt; c</p>\n"),
        ("<b>a</b> <!-- b -->", "<p>&lt;b&gt;a&lt;/b&gt; &lt;!-- b --&gt;</p>\n"),
        ("a\ud800b\x00c", "<p>a\ufffdb\ufffdc</p>\n"),
    ],
)
def test_it_renders_markdown(markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize(
    ("markdown", "tags"),
    [
        ("# a", ["h3"]),
        ("###### a", ["h3"]),
        ("# a\n## b\n### c\n#### d\n##### e", ["h3", "h4", "h5", "h6", "h6"]),
        ("## a\n#### b\n## c\n# d", ["h3", "h4", "h3", "h3"]),
        ("a\n===\nb\n---", ["h3", "h4"]),
        ("# \n## b", ["p", "h3"]),
        (f"# ![]({PICTURE})", ["p", "img"]),
    ],
)
def test_it_begins_headings_at_h3_and_skips_no_level(markdown: str, tags: list[str]) -> None:
    assert Page(render(markdown)).tags() == tags


@pytest.mark.parametrize(
    ("markdown", "href"),
    [
        ("[a](https://a.example/b?c=d&e=f#g)", "https://a.example/b?c=d&e=f#g"),
        ("[a](HTTP://a.example)", "HTTP://a.example"),
        ("[a](mailto:x@a.example)", "mailto:x@a.example"),
        ("[a](/decks/1/)", "/decks/1/"),
        ("[a](#main)", "#main"),
        ("<https://a.example>", "https://a.example"),
        ("<x@a.example>", "mailto:x@a.example"),
        ("[a][r]\n\n[r]: https://a.example", "https://a.example"),
        ("see https://a.example/b.", "https://a.example/b"),
        ("(https://a.example/b_(c))", "https://a.example/b_(c)"),
        ("**https://a.example/b**, c", "https://a.example/b"),
        ('"https://a.example/b?c=d&amp;e"', "https://a.example/b?c=d&e"),
    ],
)
def test_it_links_the_web_mail_and_this_site(markdown: str, href: str) -> None:
    html = render(markdown)
    assert [link["href"] for link in Page(html).all("a")] == [href]
    assert REL in html


@pytest.mark.parametrize(
    "markdown",
    ["[a](ftp://a.example)", "[a](b.html)", "[a](//a.example)", "[a](tel:1)", "`https://a.example`"]
    + [
        "shttps://a.example",
        "https://",
        f"[a](https://a.example/{'b' * 2000})",
        f"https://a.example/{'b' * 2000}",
    ],
)
def test_it_leaves_other_addresses_as_text(markdown: str) -> None:
    page = Page(render(markdown))
    assert page.all("a") == []
    assert page.text.strip() == markdown.strip("`")


def test_it_makes_no_link_within_a_link() -> None:
    markdown = "[see https://a.example ![b](https://c.example/d)](https://e.example)"
    page = Page(render(markdown))
    assert [link["href"] for link in page.all("a")] == ["https://e.example"]
    assert page.text.strip() == "see https://a.example b"


def test_it_names_a_link_without_words_by_its_address() -> None:
    assert Page(render("[](https://a.example) [ ](/b)")).text.split() == ["https://a.example", "/b"]


def test_it_shows_our_own_pictures() -> None:
    assert render(f'![a *b* `c`]({PICTURE} "d")') == (
        f'<p><img src="{PICTURE}" alt="a b c" title="d" loading="lazy"></p>\n'
    )


@pytest.mark.parametrize("url", ["https://a.example/b.png", "/decks/1/", PICTURE + "0", PICTURE + "?x"])
def test_it_shows_other_pictures_as_links(url: str) -> None:
    assert render(f"![a]({url})") == f'<p><a href="{url}"{REL}>a</a></p>\n'


def test_it_names_a_picture_without_words_by_its_address() -> None:
    assert Page(render("![](https://a.example/b.png)")).text.strip() == "https://a.example/b.png"


def test_it_wraps_tables_so_that_they_scroll_by_themselves_and_by_keyboard() -> None:
    html = render("| a | b | |\n|:--|--:|:-:|\n| 1 | $x$ | 3 |")
    assert html.startswith('<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n')
    assert html.endswith("</table></div>\n")
    page = Page(html)
    assert [cell["class"] for cell in page.all("th")] == ["to-left", "to-right"]
    assert [cell["class"] for cell in page.all("td")] == ["to-centre", "to-left", "to-right", "to-centre"]
    assert "math" in page.tags()


def test_it_gives_out_no_ids() -> None:
    assert "id=" not in render("# a\n\n[b](#a)\n\n$$x$$ (1)\n\n```python\nc\n```")


@pytest.mark.parametrize("markdown", ["> " * 45 + "a", "- " * 25 + "a", "*" * 200 + "a" + "*" * 200])
def test_it_says_so_and_shows_the_source_where_the_nesting_is_too_deep(markdown: str) -> None:
    page = Page(render(markdown))
    assert page.tags() == ["p", "pre", "code"]
    assert "too long or too deeply nested" in page.text
    assert markdown in page.text
    assert plain(markdown) == " ".join(markdown.split())


def test_it_formats_the_nesting_that_people_use() -> None:
    markdown = "\n".join("  " * depth + f"- > level {depth}" for depth in range(8))
    assert render(markdown).count("<li>") == 8


def test_it_shows_the_source_of_a_text_longer_than_any_answer() -> None:
    markdown = "*a* <b> " * (LONGEST // 8)
    assert "<em>" in render(markdown[:-1])
    page = Page(render(markdown + "*a*"))
    assert page.tags() == ["p", "pre", "code"]
    assert markdown in page.text


def test_it_shows_the_source_where_the_parser_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise IndexError(text)

    monkeypatch.setattr(parser.MARKDOWN, "parse", fail)
    assert "<code>*never seen before*</code>" in render("*never seen before*")
    assert plain("*never seen  before*") == "*never seen before*"


def test_it_gives_the_same_in_many_threads_from_the_very_first_text() -> None:
    program = """
from concurrent.futures import ThreadPoolExecutor
from cards.markup.render import _render
text = "# *a* {}\\n\\n| `b` | $x_{}$ |\\n|-|-|\\n\\n```python\\nf({})\\n```\\n\\n- https://c.example"
texts = [text.replace("{}", str(number)) for number in range(40)]
with ThreadPoolExecutor(8) as threads:
    assert list(threads.map(_render, texts)) == [_render(text) for text in texts]
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_it_gives_the_same_from_the_cache() -> None:
    text = "*cached* text $x$"
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(render, [text] * 20))) == 1
