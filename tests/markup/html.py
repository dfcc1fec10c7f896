"""Reads HTML back, and says what in it card content may not have. Its lists are its own, not those of the product."""

import re
from html.parser import HTMLParser

HTML = (
    "a blockquote br code div em h3 h4 h5 h6 hr img li ol p pre s span strong table tbody td th thead tr ul"
)
MATHML = "math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable "
MATHML += "mtd mtext mtr munder munderover"
HTML_TAGS, MATHML_TAGS = set(HTML.split()), set(MATHML.split())
LENGTHS = {"lspace", "rspace", "minsize", "maxsize", "width", "height", "depth", "linethickness"}
LOOKS = {
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "separator",
    "largeop",
    "movablelimits",
    "form",
    "accent",
}
LOOKS |= {"displaystyle", "scriptlevel", "columnalign", "notation"}
ATTRIBUTES = {
    "href",
    "rel",
    "title",
    "src",
    "alt",
    "loading",
    "start",
    "class",
    "role",
    "tabindex",
    "aria-label",
}
CLASSES = {"scroll", "display", "maths-error", "to-left", "to-right", "to-centre", "whole", "not-formatted"}
CLASSES |= {f"t-{kind}" for kind in ("c", "k", "m", "s", "nb", "nf", "nd", "gd", "gi", "gh", "go", "gp")}
VOID = {"br", "hr", "img"}
HREF = re.compile(
    r"(?:https?://[^/\\\s][^\s]*|mailto:[^\s/][^\s]*|/(?:[^/\\\s][^\s]*)?|#[^\s]*)", re.IGNORECASE
)
PICTURE = re.compile(r"/pictures/[0-9a-f-]{36}")
LENGTH = re.compile(r"[+-]?\d{0,2}(?:\.\d+)?(?:em|ex|px|pt)?")


class Page(HTMLParser):
    """What the HTML consists of: its elements with their attributes, its text, and its faults as sentences."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.faults: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        if self.open:
            self.faults.append(f"not closed: {self.open}")

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def all(self, wanted: str) -> list[dict[str, str]]:
        """The attributes of each element of that name."""
        return [attributes for tag, attributes in self.elements if tag == wanted]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in HTML_TAGS | MATHML_TAGS:
            self.faults.append(f"element <{tag}>")
        if len(attributes) != len(attrs):
            self.faults.append(f"an attribute twice in <{tag}>")
        for name, value in attributes.items():
            if not self.is_right(tag, name, value):
                self.faults.append(f"attribute {name}={value!r} of <{tag}>")
        if tag == "a" and attributes.get("rel") != "noopener noreferrer nofollow":
            self.faults.append("a link without rel")
        if tag == "img" and (attributes.get("loading") != "lazy" or "alt" not in attributes):
            self.faults.append("an image without alt or loading=lazy")
        if tag not in VOID:
            self.open.append(tag)

    def is_right(self, tag: str, name: str, value: str) -> bool:
        if name == "href":
            return tag == "a" and HREF.fullmatch(value) is not None
        if name == "src":
            return tag == "img" and PICTURE.fullmatch(value) is not None
        if name == "class":
            return set(value.split()) <= CLASSES
        if name in LENGTHS:
            return tag in MATHML_TAGS and LENGTH.fullmatch(value) is not None
        if name in LOOKS:
            return tag in MATHML_TAGS and value.isalnum()
        fixed = {"role": "group", "tabindex": "0", "loading": "lazy"}
        return name in ATTRIBUTES and fixed.get(name, value) == value

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl!r}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data!r}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data!r}")
