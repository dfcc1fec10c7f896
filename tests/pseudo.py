"""A language of our own for tests: each message stands between ⟦ and ⟧, so what is not marked stands out."""

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
from django.conf import settings
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from cards.regions import REGIONS, tag
from cards.templatetags import limits
from cards.views import prompt

OPEN, CLOSE = "⟦", "⟧"


MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "gettext_noop"}
TEXT = r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\""""
CALL = re.compile(rf"(?:n?gettext|_)\(({TEXT})(?:, ({TEXT}))?", re.DOTALL)
TEXTS = re.compile(r'^(msgid|msgstr)(?:_plural|\[\d\])? ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE)


@cache
def own() -> frozenset[str]:
    """What `makemessages` collects here."""
    found: set[str] = set()
    for path in (settings.BASE_DIR / "cards").rglob("*.py"):
        found |= set(marked(path.read_text()))
    for path in (settings.BASE_DIR / "templates").rglob("*.*"):
        # Django reads a template as calls, of a text, or of two where it counts.
        for texts in CALL.findall(templatize(path.read_text())):
            found |= {ast.literal_eval(text) for text in texts if text}
    return frozenset(found)


@cache
def collected() -> frozenset[str]:
    """That, and what Django and allauth have collected: nothing else can be translated."""
    packages = (Path(package.__file__).parent for package in (django, allauth))
    catalogs = (path for package in packages for path in package.rglob("locale/en/LC_MESSAGES/django.po"))
    return own().union(*(entry[0] for path in catalogs for entry in entries(path.read_text())))


def entries(catalog: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], bool]]:
    """Of each entry of a .po file its messages, what they are in its language, and whether that is in doubt."""
    for entry in re.split(r"\n\s*\n", catalog):
        texts: dict[str, list[str]] = {"msgid": [], "msgstr": []}
        for name, lines in TEXTS.findall(entry):
            texts[name].append("".join(ast.literal_eval(line) for line in lines.splitlines()))
        yield tuple(texts["msgid"]), tuple(texts["msgstr"]), "fuzzy" in entry.partition("msgid")[0]


def holes(catalog: str, messages: Iterable[str]) -> set[str]:
    """The messages that the catalog has no sure translation of."""
    known = {
        message
        for ids, said, is_fuzzy in entries(catalog)
        if said and all(said) and not is_fuzzy
        for message in ids
    }
    return set(messages) - known


def marked(source: str) -> Iterator[str]:
    """The messages of some Python."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


class Pseudo(trans_real.DjangoTranslation):
    """English as it is written here, and marked."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}" if message in collected() else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def spoken() -> Iterator[None]:
    """Every page in it, whatever its region."""
    before = dict(trans_real._translations)
    default, active = trans_real._default, getattr(trans_real._active, "value", None)
    for language in ("en", *(tag("en", region) for region in REGIONS)):
        trans_real._translations[language] = Pseudo(language)
    _forget()
    trans_real._default = trans_real._translations["en"]
    try:
        yield
    finally:
        trans_real._translations.clear()
        trans_real._translations.update(before)
        trans_real._default = default
        _forget()
        if active is None:
            trans_real.deactivate()
        else:
            trans_real._active.value = active


def _forget() -> None:
    """What was said once in a language is kept: a language never changes, but here."""
    for kept in (limits._day_count, prompt._pieces, prompt._progress_pieces):
        kept.cache_clear()


class Unmarked(HTMLParser):
    """Collects the Latin text of a page, read or read aloud, that stands in no message.

    What people wrote is Greek in the tests that use this. Code, keys and maths are left out, and the elements of these
    ids: lists of names that are the same in every language.
    """

    LABELS = {"title", "alt", "aria-label", "placeholder"} | {  # and what a script says
        f"data-{name}" for name in ("failed", "away", "sending", "sent", "unsent", "copied")
    }
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
