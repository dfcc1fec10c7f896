"""The text in an uploaded file's bytes. What is not surely text is refused; no character is ever replaced."""

import codecs
import math
import re
import unicodedata
from dataclasses import dataclass

from charset_normalizer import CharsetMatch, from_bytes

from cards.messages import _

LIMIT = 2_000_000  # bytes
SIGNATURES = {
    b"\x89PNG": _("a PNG picture"),
    b"\xff\xd8\xff": _("a JPEG picture"),
    b"GIF8": _("a GIF picture"),
    b"RIFF": _("a picture, sound or film"),
    b"%PDF-": _("a PDF document"),
    b"{\\rtf": _("an RTF document"),
    b"PK\x03\x04": _("a ZIP archive or an office document"),
    b"\xd0\xcf\x11\xe0": _("an old office document"),
    b"\x1f\x8b": _("a gzip archive"),
    b"\xfd7zXZ": _("an xz archive"),
    b"7z\xbc\xaf": _("a 7-Zip archive"),
    b"SQLite format 3\x00": _("a SQLite database"),
    b"\x7fELF": _("a program"),
}
# UTF-32 stands first: its mark begins like the one of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Those that are still met, by Python's name, the likelier one first where two give the same text.
NAMES = {
    "cp1252": "windows-1252",
    "cp1250": "windows-1250",
    "iso8859_2": "iso-8859-2",
    "cp1251": "windows-1251",
    "koi8_r": "koi8-r",
    "cp866": "cp866",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
    "cp932": "shift-jis",
    "euc_jp": "euc-jp",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc_kr": "euc-kr",
    "mac_roman": "mac-roman",
}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MULTI_BYTE = ("cp932", "euc_jp", "gb18030", "big5", "euc_kr")
# Fewer bytes than this of a script that these write are too few to tell one of them from another.
FEW_BYTES = 60
# What windows-1252 is used for. Its other characters (ð ý þ ¹ ¾ ‡ …) show a text of another encoding; an õ
# may be Portuguese, but is as often a misread Hungarian ő.
WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖØÙÚÛÜŒ‘’“”„‚–—…«»‹›•·°§©®™€£±×÷½¼²³µ¿¡ªº\xa0"
)
# Those that do not stand between two letters, as ’ · – — … do.
SIGNS = frozenset("‘“”„‚«»‹›•°§©®™€£±×÷½¼²³¿¡ªº")
# How much better than the next one a guess must be, in the measures of charset-normalizer (0 to 1).
MESS_MARGIN, LANGUAGE_MARGIN = 0.02, 0.1
MOST_MESS = 0.05


class UnreadableFile(ValueError):
    """A file that is no text, or not surely so. The message tells the person who sent it what to do."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, without a byte order mark, and its encoding, such as `utf-8` or `windows-1252`."""

    text: str
    encoding: str


def check_size(size: int, limit: int = LIMIT) -> None:
    """Raises UnreadableFile unless a file has from 1 to `limit` bytes: asked before it is read into memory."""
    if not size:
        raise UnreadableFile(_("The file is empty."))
    if size > limit:
        raise UnreadableFile(
            _(
                "The file has %(size)s MB. The most that can be read is %(limit)s MB.",
                size=_megabytes(size),
                limit=f"{limit / 1000000.0:g}",
            )
        )


def decode(data: bytes, limit: int = LIMIT) -> Decoded:
    """The text of a file of at most `limit` bytes.

    A byte order mark decides; without one UTF-8, then UTF-16, then the encodings of `NAMES` are tried.
    Raises UnreadableFile for a file that is empty, too large or binary, or whose encoding stays unsure.
    """
    check_size(len(data), limit)
    for signature, kind in SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFile(
                _(
                    "The file is %(kind)s, not plain text. Save its words as a text file (UTF-8) first.",
                    kind=kind,
                )
            )
    decoded = _marked(data) or _utf_8(data) or _utf_16(data) or _recognised(data)
    if not decoded.text.strip():
        raise UnreadableFile(_("The file holds nothing but blank lines."))
    if control := CONTROL.search(decoded.text):
        line = decoded.text.count("\n", 0, control.start()) + 1
        raise UnreadableFile(
            _(
                "The file is not plain text: line %(line)s holds the control character %(control)s.",
                line=str(line),
                control=f"{ord(control[0]):#04x}",
            )
        )
    return decoded


def _megabytes(size: int) -> str:
    """Rounded up to a tenth, so that a file just over a limit does not seem to be within it."""
    return f"{math.ceil(size / 100_000) / 10:g}"


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            try:
                return Decoded(data.removeprefix(mark).decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    _(
                        "The file begins as %(encoding)s, but is damaged at byte %(start)s.",
                        encoding=encoding,
                        start=str(error.start + len(mark)),
                    )
                ) from error
    return None


def _utf_8(data: bytes) -> Decoded | None:
    # UTF-16 of plain English is valid UTF-8 too, with a NUL at every other byte.
    text = None if 0 in data else _strictly(data, "utf-8")
    return None if text is None else Decoded(text, "utf-8")


def _utf_16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark, told by its NULs: in line ends, spaces and Latin letters they are on one side."""
    if 0 not in data:
        return None
    for encoding, high, low in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        text = _strictly(data, encoding) if high.count(0) > low.count(0) else None
        # In the bytes of something else unassigned and private characters soon turn up.
        if text is not None and not any(
            unicodedata.category(character) in {"Cn", "Co"} for character in set(text)
        ):
            return Decoded(text, encoding)
    raise UnreadableFile(
        _("The file is binary, not plain text. Save its words as a text file (UTF-8) first.")
    )


def _recognised(data: bytes) -> Decoded:
    matches = list(from_bytes(data, cp_isolation=list(NAMES), enable_fallback=False))
    if not matches or matches[0].chaos > MOST_MESS:
        raise UnreadableFile(
            _("The file is not surely text in any encoding known here. Save it as UTF-8 and try again.")
        )
    texts = (data.decode(match.encoding) for match in matches if _is_close(match, matches[0]))
    close = {_name(data, text): text for text in texts}
    # Few characters fit many encodings.
    if sum(byte > 0x7F for byte in data) < FEW_BYTES and not close.keys().isdisjoint(
        NAMES[key] for key in MULTI_BYTE
    ):
        close |= {NAMES[key]: text for key in MULTI_BYTE if (text := _strictly(data, key)) is not None}
    # A few accents do too, but there the everyday encoding is believed if its text looks like everyday text.
    if len(close) > 1 and (western := _western(data)) in close.values():
        close = {NAMES["cp1252"]: western}
    if len(close) > 1:
        raise UnreadableFile(
            _(
                "The file's encoding is unsure: it may be %(names)s. Save it as UTF-8 and try again.",
                names=_either(sorted(close)),
            )
        )
    [(encoding, text)] = close.items()
    return Decoded(text.removeprefix("\ufeff"), encoding)


def _either(names: list[str]) -> str:
    """One, another or a third."""
    said, *others = names
    for other in others:
        said = _("%(first)s or %(second)s", first=said, second=other)
    return said


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_close(match: CharsetMatch, best: CharsetMatch) -> bool:
    return match.chaos - best.chaos < MESS_MARGIN and best.coherence - match.coherence < LANGUAGE_MARGIN


def _western(data: bytes) -> str:
    """The text as windows-1252, or "" where other letters or a sign inside a word belie it."""
    text = _strictly(data, "cp1252") or ""
    if not all(character in WESTERN or character < "\x80" for character in text):
        return ""
    for before, sign, after in zip(text, text[1:], text[2:], strict=False):
        opens_nothing = sign in "¡¿" and after.isspace()
        inside_word = sign in SIGNS and before.isalpha() and after.isalpha()
        if opens_nothing or inside_word:
            return ""
    return text


def _name(data: bytes, text: str) -> str:
    """The likeliest of the encodings in which the data is that text."""
    return next(name for encoding, name in NAMES.items() if _strictly(data, encoding) == text)
