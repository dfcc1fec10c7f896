"""What two texts have in common that look alike to somebody who searches: the form in which they are compared."""

import re
import unicodedata

# Accents, but for strokes through a sign, which make it another one (= and ≠); what is not seen (soft hyphens, joiners,
# a glyph's selectors, directions); and what no database stores: control characters, halves of surrogate pairs.
UNSEEN = re.compile(
    "[\u0300-\u0333\u0339-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]"
)
# Keyboards have one of each. And the Turkish ı, whose capital everybody else's i shares.
ALIKE = str.maketrans(
    dict.fromkeys("‘’ʼ", "'") | dict.fromkeys("“”„", '"') | dict.fromkeys("‐‑‒–—−", "-") | {"ı": "i"}
)


def fold(text: str) -> str:
    """The text on one line, without case, accents and typography: "İstanbul’s  Straße" is "istanbul's strasse".

    Folding it again changes nothing. ASCII letters are small, so that a database that minds case finds the same as one
    that does not.
    """
    text = UNSEEN.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(ALIKE)
    return " ".join(unicodedata.normalize("NFC", text).split())
