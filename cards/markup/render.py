"""Card Markdown as HTML that is safe to put into a page."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from cards.markup.clozes import WORDS, in_formula, unmarked
from cards.markup.code import LABELS, MOST, code_block, effort
from cards.markup.maths import EACH, formula
from cards.markup.parser import MARKDOWN, SURROGATES, parse
from cards.markup.sanitise import sanitise
from cards.messages import Message, _

CACHED = 8_000  # characters; longer texts are rare, and a cache full of them would be large
MOST_HTML = 1_000_000  # characters
NOT_FORMATTED = _(
    "This text is too long or too deeply nested to be shown with its formatting. This is its source."
)
# What stands in rendered text beside the card's own: the names of wide things, and that sentence.
SENTENCES = {
    **LABELS,
    "Table": _("Table"),
    "Formula": _("Formula"),
    str.__str__(NOT_FORMATTED): NOT_FORMATTED,
    **{str.__str__(word): word for word in WORDS.values()},
}
SENTENCE = re.compile(
    r"""(?<= aria-label=")(?:Table|Formula|Code(?:: [^"]*)?)(?=")|(?<=<p class="not-formatted">)[^<]*"""
    r"""|(?<=<span class="unseen">)[^<:]*(?=: </span>)"""
)
SENTENCE_SIGNS = (' aria-label="', '<p class="not-formatted">', '<span class="unseen">')
# What hangs on a formula from either side: browsers would begin a line with the comma, whatever joins the two.
OPENS = re.compile(r"[^\w\s]{1,3}\Z")
CLOSES = re.compile(r"[^\w\s]{1,3}")


def render(markdown: str) -> str:
    """The text as sanitised HTML, the same each time.

    Raw HTML is shown as text, headings begin at h3, no ids, styles or scripts come out, and the only pictures are our
    own. A formula that cannot be read shows its source, and so does, below a sentence that says so, a text of more
    than 50,000 characters or with more nesting than a card needs. Never raises; takes about a second at most.
    """
    return _cached(markdown) if len(markdown) <= CACHED else _render(markdown)


def render_in(say: Callable[[Message], str], markdown: str) -> str:
    """The same, with what is not the card's own as `say` gives it, in another language."""
    html = render(markdown)
    if not any(sign in html for sign in SENTENCE_SIGNS):  # as in most texts, which are looked through at once
        return html
    return SENTENCE.sub(
        lambda found: escape(say(SENTENCES[found[0]])) if found[0] in SENTENCES else found[0], html
    )


def _render(markdown: str) -> str:
    tokens = parse(markdown)
    html = "" if tokens is None else RENDERER.render(tokens, MARKDOWN.options, {})
    if tokens is None or len(html) > MOST_HTML:
        source = unmarked(SURROGATES.sub("\ufffd", markdown))
        html = f'<p class="not-formatted">{NOT_FORMATTED}</p>\n{code_block(source)}'
    return sanitise(html)


_cached = lru_cache(maxsize=512)(_render)


class _Renderer(RendererHTML):
    """What differs from plain Markdown: formulas, highlighted code, and wide things that scroll by themselves."""

    def cloze_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return f'<mark class="{token.attrs["class"]}">{_said(token.meta["mark"])}'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        code, info = tokens[idx].content, tokens[idx].info
        return code_block(code, info, coloured=_spent(env, "code", effort(code, info)) <= MOST)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return code_block(tokens[idx].content)

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        source, mark = in_formula(tokens[idx].content)
        html = formula(source, display=False, spent=_spent(env, "formulas", len(source) + EACH))
        opens, closes = _hanging(tokens, idx - 1)[2], _hanging(tokens, idx + 1)[0]
        whole = f"{escapeHtml(opens)}{html}{escapeHtml(closes)}"
        # What may be wider than the page stays as it is: it must not become wider still.
        is_kept = whole != html and html.startswith("<math")
        return _said(mark) + (f'<span class="whole">{whole}</span>' if is_kept else whole)

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return escapeHtml(_hanging(tokens, idx)[1])

    def math_inline_display(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        source, mark = in_formula(tokens[idx].content)
        html = formula(source, display=True, spent=_spent(env, "formulas", len(source) + EACH))
        return _said(mark) + html

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        source, mark = in_formula(tokens[idx].content)
        html = formula(source, display=True, inline=False, spent=_spent(env, "formulas", len(source) + EACH))
        return _said(mark) + html

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


def _hanging(tokens: Sequence[Token], idx: int) -> tuple[str, str, str]:
    """A text in three: what hangs on the formula before it, what hangs on none, what hangs on the formula after it."""
    if not 0 <= idx < len(tokens) or tokens[idx].type != "text":
        return "", "", ""
    text, closes, opens = tokens[idx].content, "", ""
    if idx and tokens[idx - 1].type == "math_inline" and (found := CLOSES.match(text)):
        closes, text = found[0], text[found.end() :]
    if idx + 1 < len(tokens) and tokens[idx + 1].type == "math_inline" and (found := OPENS.search(text)):
        text, opens = text[: found.start()], found[0]
    return closes, text, opens


def _said(mark: str) -> str:
    """What a screen reader says before a cloze, or before a formula that holds one."""
    return f'<span class="unseen">{WORDS[mark]}: </span>' if mark else ""


def _spent(env: EnvType, what: str, effort: int) -> int:
    """The effort for this text so far, with this one's."""
    spent: int = env.get(what, 0) + effort
    env[what] = spent
    return spent


RENDERER = _Renderer()
