"""What a card's content may be within a page, done to its tokens before they become HTML."""

from collections.abc import Iterable, Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from cards.markup.clozes import as_text, marked, unmarked
from cards.markup.urls import PICTURE, bare_urls, is_allowed

TOP_HEADING = 3  # the page's own headings stand above
# Tokens that carry text of their own.
TEXTS = frozenset(
    ("text", "code_inline", "code_block", "fence", "math_inline", "math_inline_display", "math_block")
)
CELL_CLASSES = {"left": "to-left", "right": "to-right", "center": "to-centre"}


def fit(state: StateCore) -> None:
    """Headings, table cells, links and pictures as they may stand in a page of ours."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = list(_links_named(_linked(marked(token.children or []))))
        elif token.type in ("fence", "code_block"):
            token.content = unmarked(token.content)
    _fit_headings(state.tokens)
    _fit_cells(state.tokens)


def text_of(tokens: Iterable[Token]) -> str:
    """The text of the tokens, without markup, blocks apart by spaces."""
    return "".join(_texts(tokens))


def _texts(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in TEXTS:
            yield as_text(token)
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        if token.children:
            yield from _texts(token.children)
        if token.block:
            yield " "


def _fit_headings(tokens: list[Token]) -> None:
    """The outline begins at h3 and skips no level, whatever the writer's levels are; one without text is none."""
    outline: list[str] = []
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        if _is_blank(tokens[place + 1].children):
            level = "p"
        else:
            while outline and outline[-1] >= token.tag:
                outline.pop()
            outline.append(token.tag)
            level = f"h{min(TOP_HEADING - 1 + len(outline), 6)}"
        token.tag = tokens[place + 2].tag = level


def _fit_cells(tokens: list[Token]) -> None:
    """Alignment by class, since styles are not allowed; a heading cell without text is no heading."""
    for place, token in enumerate(tokens):
        if token.type not in ("th_open", "td_open"):
            continue
        alignment = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        if alignment in CELL_CLASSES:
            token.attrs["class"] = CELL_CLASSES[alignment]
        if token.tag == "th" and _is_blank(tokens[place + 1].children):
            token.tag = tokens[place + 2].tag = "td"


def _linked(children: Iterable[Token]) -> Iterator[Token]:
    """Bare addresses become links, and so do pictures that are not ours: no page of ours tells others who reads it."""
    within_link = False
    for token in children:
        if token.type in ("link_open", "link_close"):
            within_link = token.type == "link_open"
            yield token
        elif token.type == "image":
            yield from _picture(token, within_link)
        elif token.type == "text" and not within_link:
            yield from _text(token)
        else:
            yield token


def _picture(token: Token, within_link: bool) -> Iterator[Token]:
    url, alt = str(token.attrs["src"]), " ".join(text_of(token.children or []).split())
    words = Token("text", "", 0, content=alt or url, level=token.level)
    if PICTURE.fullmatch(url):
        token.content = alt
        token.children = [Token("text", "", 0, content=alt)] if alt else []
        token.attrs["loading"] = "lazy"
        yield token
    elif within_link:
        yield words
    else:
        yield from _link(url, words)


def _text(token: Token) -> Iterator[Token]:
    text, done = token.content, 0
    for start, end in bare_urls(text):
        url = text[start:end]
        if not is_allowed(url):
            continue
        yield Token("text", "", 0, content=text[done:start], level=token.level)
        yield from _link(url, Token("text", "", 0, content=url, level=token.level))
        done = end
    yield Token("text", "", 0, content=text[done:], level=token.level)


def _link(url: str, words: Token) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": url}, level=words.level)
    yield words
    yield Token("link_close", "a", -1, level=words.level)


def _links_named(children: Iterator[Token]) -> Iterator[Token]:
    """A link without words shows its address: nobody could see or hear it otherwise."""
    opened: list[Token] = []
    for token in children:
        if token.type == "link_open":
            opened = [token]
        elif opened and token.type == "link_close":
            if _is_blank(opened[1:]):
                yield Token("text", "", 0, content=str(opened[0].attrs["href"]), level=token.level)
            opened = []
        elif opened:
            opened.append(token)
        yield token


def _is_blank(tokens: list[Token] | None) -> bool:
    return not text_of(tokens or []).strip()
