"""The last step of everything that is shown: only what is listed here leaves."""

import re
from typing import Final

import nh3

from cards.markup.code import LABELS, TOKEN_CLASSES
from cards.markup.urls import PICTURE, is_allowed

HTML: Final = """
a blockquote br code div em h3 h4 h5 h6 hr img li mark ol p pre s span strong table tbody td th thead tr ul
"""
MATHML: Final = """
math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext
mtr munder munderover
"""
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "mo": {"lspace", "rspace", "minsize", "maxsize"},
    "mpadded": {"width", "height", "depth", "lspace"},
    "mspace": {"width"},
    "mfrac": {"linethickness"},
}
LENGTHS: Final = {"lspace", "rspace", "minsize", "maxsize", "width", "height", "depth", "linethickness"}

# A group, not a region: each region is a landmark, a page full of landmarks is none, and two of one name are a fault.
SCROLLS: Final = {"role": {"group"}, "tabindex": {"0"}}
TRUTH: Final = {"true", "false"}
VALUES: Final = {
    "img": {"loading": {"lazy"}},
    "div": {**SCROLLS, "aria-label": {"Table", "Formula"}},
    "span": {**SCROLLS, "aria-label": {"Formula"}},
    "pre": {**SCROLLS, "aria-label": set(LABELS)},
    "math": {"display": {"block", "inline"}},
    "mi": {"mathvariant": {"normal"}},
    "mo": {
        **dict.fromkeys(("stretchy", "fence", "separator", "largeop", "movablelimits"), TRUTH),
        "form": {"prefix", "postfix"},
    },
    "mover": {"accent": TRUTH},
    "mstyle": {"displaystyle": TRUTH, "scriptlevel": {"0", "1", "2"}},
    "mtable": {"displaystyle": TRUTH},
    "mtd": {"columnalign": {"left", "right", "center"}},
    "menclose": {"notation": {"box"}},
}
CLASSES: Final = {
    "div": {"scroll"},
    "mark": {"blank", "filled"},
    "span": {"scroll", "display", "whole", "unseen", *TOKEN_CLASSES},
    "code": {"maths-error"},
    "td": {"to-left", "to-right", "to-centre"},
    "th": {"to-left", "to-right", "to-centre"},
    "p": {"not-formatted"},
}
# Nothing in a formula may grow over the page around it.
LENGTH = re.compile(r"0|[+]?[0-4]?(?:\.\d{1,4})?(?:em|ex)|[+]?\d{1,2}(?:\.\d{1,4})?(?:px|pt)|-0?\.\d{1,4}em")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if is_allowed(value) else None
    if name == "src":
        return value if PICTURE.fullmatch(value) else None
    if name in LENGTHS:
        return value if LENGTH.fullmatch(value) else None
    return value


_cleaner = nh3.Cleaner(
    tags=frozenset((HTML + MATHML).split()),
    attributes=ATTRIBUTES,
    tag_attribute_values=VALUES,
    allowed_classes=CLASSES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)


def sanitise(html: str) -> str:
    """The HTML with nothing in it but what is listed above. Doing it again changes nothing."""
    return _cleaner.clean(html)
