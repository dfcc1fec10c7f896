"""Code, highlighted by Pygments: a few classes, whose colours `code_css` gives."""

from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby

from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    String,
    Token,
    _TokenType,
)

from cards.messages import Message, _

# Pygments' lexer of Python takes time linear in the code. Others take seconds for ten thousand characters that are
# made for it. So much code of a text has colours, and what follows has none.
MOST = 20_000  # characters of Python
WEIGHT = 7  # how many of these a character in another language counts for

# What a fence may say, and the language's name. Lexers not listed here never see the text of a card.
LANGUAGES = {
    "python": "Python",
    "python3": "Python",
    "py": "Python",
    "pycon": "Python session",
    "bash": "Shell",
    "sh": "Shell",
    "shell": "Shell",
    "console": "Shell session",
    "c": "C",
    "cpp": "C++",
    "c++": "C++",
    "cuda": "CUDA",
    "css": "CSS",
    "diff": "Difference",
    "docker": "Dockerfile",
    "dockerfile": "Dockerfile",
    "go": "Go",
    "html": "HTML",
    "ini": "INI",
    "java": "Java",
    "javascript": "JavaScript",
    "js": "JavaScript",
    "json": "JSON",
    "julia": "Julia",
    "latex": "LaTeX",
    "tex": "LaTeX",
    "r": "R",
    "rust": "Rust",
    "sql": "SQL",
    "toml": "TOML",
    "yaml": "YAML",
    "yml": "YAML",
}
PYTHON = ("Python", "Python session")
LABELS: dict[str, Message] = {
    str.__str__(label): label
    for label in (_("Code"), *(_("Code: %(language)s", language=name) for name in LANGUAGES.values()))
}

# The kinds that have a colour, by Pygments' short names after a `t-` that keeps them from the classes of the page.
# Every other kind has the colour of its parent, or none.
CLASS_OF: dict[_TokenType, str] = {
    Comment: "t-c",
    Keyword: "t-k",
    Keyword.Constant: "t-m",
    Operator.Word: "t-k",
    Name.Builtin: "t-nb",
    Name.Exception: "t-nb",
    Name.Class: "t-nf",
    Name.Function: "t-nf",
    Name.Decorator: "t-nd",
    Name.Attribute: "t-nd",
    Name.Tag: "t-k",
    Number: "t-m",
    String: "t-s",
    Literal: "t-s",
    Generic.Deleted: "t-gd",
    Generic.Inserted: "t-gi",
    Generic.Heading: "t-gh",
    Generic.Subheading: "t-gh",
    Generic.Output: "t-go",
    Generic.Prompt: "t-gp",
    Generic.Traceback: "t-go",
    Generic.Error: "t-gd",
}
TOKEN_CLASSES = frozenset(CLASS_OF.values())


def effort(code: str, info: str) -> int:
    """What highlighting the code takes, out of MOST for a text."""
    name = LANGUAGES.get(_language(info))
    return len(code) * (WEIGHT if name not in PYTHON else 1) if name else 0


def code_block(code: str, info: str = "", *, coloured: bool = True) -> str:
    """The code as `<pre>`, highlighted if the first word of `info` names one of LANGUAGES.

    The keyboard can reach it, since long lines scroll sideways inside it.
    """
    language = _language(info)
    if LANGUAGES.get(language) == "Python" and code.lstrip().startswith(">>>"):
        language = "pycon"
    name = LANGUAGES.get(language)
    shown = "".join(_highlighted(code, language)) if name and coloured else escape(code)
    label = _("Code: %(language)s", language=name) if name else _("Code")
    return f'<pre tabindex="0" role="group" aria-label="{label}"><code>{shown}</code></pre>\n'


def _language(info: str) -> str:
    return (info.split() or [""])[0].lower()


def _highlighted(code: str, language: str) -> Iterator[str]:
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    for name, tokens in groupby(lexer.get_tokens(code), lambda token: _class_of(token[0])):
        text = escape("".join(text for _, text in tokens))
        yield f'<span class="{name}">{text}</span>' if name else text


@cache
def _class_of(kind: _TokenType) -> str:
    while kind is not Token:
        if kind in CLASS_OF:
            return CLASS_OF[kind]
        kind = kind.parent or Token
    return ""
