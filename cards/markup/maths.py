"""LaTeX formulas as MathML, which browsers show and screen readers speak without any script."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.commands import CONVERSION_MAP
from latex2mathml.converter import convert_to_element

LONGEST = 2000  # characters of one formula
DEEPEST = 60  # elements within elements
MOST = 20_000  # characters of all formulas of a text, each with EACH more
EACH = 20
WIDE = 24  # signs: what is longer may not fit the narrowest screen

# Macros can grow without end. The others carry addresses, styles and looks that are not the writer's to choose.
REFUSED = re.compile(
    r"\\(?:newcommand|renewcommand|providecommand|def|newenvironment|DeclareMathOperator|href|style|class|unicode)"
    r"(?![a-zA-Z])"
)
# Environments that the reader lacks, and those that it would number, as what they look like.
SYNONYMS = {
    **dict.fromkeys(("align", "aligned"), "align*"),
    **dict.fromkeys(("gather", "gather*", "gathered"), "matrix"),
}
ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^}]*)\}")
UPRIGHT_WORD = re.compile(r"\\mathrm\s*\{([A-Za-z]{2,})\}")
TEXT_ESCAPE = re.compile(r"\\([_%&#$])")
CODE_POINT = re.compile(r"&#x[0-9A-Fa-f]+;")
ARITY = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3}
# How Unicode names the letters of each style. Browsers draw these letters, but ignore the attribute that asks for them.
STYLES = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "sans-serif": "SANS-SERIF",
    "sans-serif-italic": "SANS-SERIF ITALIC",
    "monospace": "MONOSPACE",
}
NAMED_SPACES = {
    "thinmathspace": ".1667em",
    "thickmathspace": ".2778em",
    "negativethinmathspace": "-.1667em",
    "negativemediummathspace": "-.2222em",
    "negativethickmathspace": "-.2778em",
}


class _UnreadableError(ValueError):
    """The formula is shown as its source."""


def formula(source: str, *, display: bool, inline: bool = True, spent: int = 0) -> str:
    """The formula as MathML, in a box that scrolls where it may be wide; `display` gives it a line of its own.

    `inline` says that it stands within a paragraph. What cannot be read comes back as its source, marked, and so does
    what is read too late, with more than MOST `spent` on the formulas before.
    """
    try:
        if spent > MOST:
            raise _UnreadableError
        maths, width = _mathml(source, display)
    except _UnreadableError:
        dollars = "$$" if display else "$"
        error = f'<code class="maths-error">{escape(dollars + source + dollars)}</code>'
        return error if inline else f"<p>{error}</p>\n"
    if not display and width <= WIDE:
        return maths
    scrolls = 'role="group" aria-label="Formula" tabindex="0"'
    if inline:
        return f'<span class="scroll{" display" if display else ""}" {scrolls}>{maths}</span>'
    return f'<div class="scroll" {scrolls}>{maths}</div>\n'


@lru_cache(maxsize=256)
def _mathml(source: str, display: bool) -> tuple[str, int]:
    """The `<math>` element, and about how many signs wide it is. Raises _UnreadableError."""
    if not source.strip() or len(source) > LONGEST or REFUSED.search(source):
        raise _UnreadableError
    latex = ENVIRONMENT.sub(_environment, UPRIGHT_WORD.sub(r"\\text{\1}", source))
    try:
        tree = convert_to_element(latex, display="block" if display else "inline")
    except Exception as error:  # IndexError, StopIteration, RecursionError too, besides the reader's own
        raise _UnreadableError from error
    parts = list(_written(tree, DEEPEST))
    return "".join(text for text, _ in parts), sum(width for _, width in parts)


def _environment(match: re.Match[str]) -> str:
    name = SYNONYMS.get(match[2], match[2])
    if "\\" + name not in CONVERSION_MAP:
        raise _UnreadableError  # the reader would leave it out without a word
    return f"\\{match[1]}{{{name}}}"


def _written(element: Element, depth: int) -> Iterator[tuple[str, int]]:
    """The element as pieces of HTML, each with its width in signs."""
    tag, attributes, text = element.tag, dict(element.attrib), element.text or ""
    if depth == 0 or len(element) != ARITY.get(tag, len(element)):
        raise _UnreadableError
    # What the reader does not know comes back as it stood: commands, and a `&` outside of any table.
    if tag in ("mi", "mo") and (text.startswith("\\") or text == "&"):
        raise _UnreadableError
    if tag == "menclose" and attributes.get("notation") != "box":
        raise _UnreadableError  # browsers would show `\cancel{x}` as x
    text = CODE_POINT.sub(lambda match: unescape(match[0]), text)
    variant = attributes.pop("mathvariant", None)
    if tag == "mtext":
        text = TEXT_ESCAPE.sub(r"\1", text)
    elif variant in STYLES:
        text = "".join(_styled(sign, STYLES[variant]) for sign in text)
    elif variant == "normal" and tag == "mi" and len(text) == 1:
        attributes["mathvariant"] = "normal"
    if "width" in attributes:
        attributes["width"] = NAMED_SPACES.get(attributes["width"], attributes["width"])
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if name != "xmlns")
    yield f"<{tag}{written}>{escape(text)}", 2 if tag in ("mspace", "mtd") else len(text)
    for child in element:
        yield from _written(child, depth - 1)
    yield f"</{tag}>", 0


@lru_cache(maxsize=512)
def _styled(sign: str, style: str) -> str:
    """The letter or digit in that style, or as it is where Unicode has none such."""
    name = unicodedata.name(sign, "")
    for word in ("LATIN ", "GREEK ", "LETTER "):
        name = name.replace(word, "")
    for styled in (f"MATHEMATICAL {style} {name}", f"{style} {name}"):
        try:
            return unicodedata.lookup(styled)
        except KeyError:
            pass
    return sign
