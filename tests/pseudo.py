"""A language of our own for tests: each message stands between ⟦ and ⟧, so what is not marked stands out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.utils.translation import trans_real

from cards.regions import REGIONS, tag

OPEN, CLOSE = "⟦", "⟧"


class Pseudo(trans_real.DjangoTranslation):
    """English as it is written here, and marked."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}" if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken() -> Iterator[None]:
    """Every page in it, whatever its region."""
    before = dict(trans_real._translations)
    default, active = trans_real._default, getattr(trans_real._active, "value", None)
    for language in ("en", *(tag("en", region) for region in REGIONS)):
        trans_real._translations[language] = Pseudo(language)
    trans_real._default = trans_real._translations["en"]
    try:
        yield
    finally:
        trans_real._translations.clear()
        trans_real._translations.update(before)
        trans_real._default = default
        if active is None:
            trans_real.deactivate()
        else:
            trans_real._active.value = active


class Unmarked(HTMLParser):
    """Collects the Latin text of a page, read or read aloud, that stands in no message.

    What people wrote is Greek in the tests that use this. Code, keys and maths are left out, and the elements of these
    ids: lists of names that are the same in every language.
    """

    LABELS = {"title", "alt", "aria-label", "placeholder"}
    VOID = set("area base br col embed hr img input link meta param source track wbr".split())
    LEFT_OUT = set("code kbd script style math textarea".split())
    NAMES = {"id_time_zone", "id_region"}
    # Signs and names that are the same in every language; the card language's own words are a notation.
    SIGNS = re.compile(r"\b(chapter5|CSV|UTC|torch)\b|\S+@example\.org|tags:|demo: softmax_table")

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.found: list[str] = []
        self.stack: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if not self.is_left_out:
            names = self.LABELS | ({"value"} if given.get("type") in {"submit", "button"} else set())
            for name in sorted(names & given.keys()):
                self.look_at(given[name] or "")
        if tag not in self.VOID:
            self.stack.append((tag, tag in self.LEFT_OUT or given.get("id") in self.NAMES))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.is_left_out:
            self.look_at(data)

    @property
    def is_left_out(self) -> bool:
        return any(left_out for _, left_out in self.stack)

    def look_at(self, text: str) -> None:
        """A message may go on beyond an element within it, so the depth is kept."""
        outside = ""
        for piece in re.split(f"([{OPEN}{CLOSE}])", text):
            if piece in (OPEN, CLOSE):
                self.depth += 1 if piece == OPEN else -1
            elif self.depth == 0:
                outside += f"{piece} "
        if re.search("[A-Za-z]", self.SIGNS.sub("", outside)):
            self.found.append(" ".join(outside.split()))
