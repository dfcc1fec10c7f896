"""Comparing a typed answer with those that a card accepts: leniently in words, exactly in code.

In words neither case counts nor spaces, punctuation and Unicode's forms; in code, which a card writes in backticks,
case and every sign do, and only the spaces between its tokens, and which quotes it has, do not.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from cards.kinds.verdict import Verdict

TOKEN = re.compile(r"""'[^']*'|\w+|[^\w\s]""")
SAME_SIGNS = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": "'",
        "\N{RIGHT DOUBLE QUOTATION MARK}": "'",
        '"': "'",
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
    }
)
THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
DECIMAL = re.compile(r"(?<=\d),(?=\d)")
SIGNS = "*/%&@#"  # that stand for a word of their own, as all symbols do; other punctuation says nothing
LEAST_FOR_ONE, LEAST_FOR_TWO = 4, 9  # letters of an answer in which one letter, or two, may be wrong


@dataclass(frozen=True, slots=True)
class Typed:
    """How right it is, and the accepted answer that it is nearest to, without backticks."""

    verdict: Verdict
    nearest: str


def check_typed(typed: str, accepted: Sequence[str]) -> Typed:
    """What a typed answer comes to beside those that the card accepts, one at least.

    Close is a slip: one letter in a word of 4 to 8, two in a longer one, a number never; in code another case.
    """
    found = [_check(typed, answer) for answer in accepted]
    return min(found, key=lambda each: list(Verdict).index(each.verdict))


def _check(typed: str, accepted: str) -> Typed:
    right = _unquoted(accepted)
    if right != accepted or not _words(right):  # such as ??
        mine, theirs = _code(_unquoted(typed)), _code(right)
        is_close = [token.lower() for token in mine] == [token.lower() for token in theirs]
        return Typed(_verdict(mine == theirs, is_close), right)
    mine_words, words = _words(_unquoted(typed)), _words(right)
    return Typed(_verdict(mine_words == words, _is_slip(mine_words, words)), right)


def _verdict(is_right: bool, is_close: bool) -> Verdict:
    return Verdict.RIGHT if is_right else Verdict.CLOSE if is_close else Verdict.WRONG


def _unquoted(text: str) -> str:
    """Without the backticks around it."""
    text = text.strip()
    return text.strip("`").strip() or text if text.startswith("`") and text.endswith("`") else text


def _code(text: str) -> list[str]:
    return TOKEN.findall(text.translate(SAME_SIGNS))


def _words(text: str) -> str:
    """What counts in words: letters, digits, symbols, and the sign and the point of a number."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(SAME_SIGNS)
    folded = DECIMAL.sub(".", THOUSANDS.sub(lambda number: number[0].replace(",", ""), folded))
    return "".join(sign for place, sign in enumerate(folded) if _counts(sign, folded, place))


def _counts(sign: str, text: str, place: int) -> bool:
    if sign.isalnum() or sign in SIGNS or unicodedata.category(sign)[0] == "S":
        return True
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if sign == "-":
        return not before.isalnum() and (after.isdigit() or after == ".")
    return sign == "." and after.isdigit()


def _is_slip(typed: str, right: str) -> bool:
    """Whether so few letters are wrong, missing, too many or swapped that a hand has slipped."""
    if any(sign.isdigit() for sign in right):
        return False
    most = 2 if len(right) >= LEAST_FOR_TWO else 1 if len(right) >= LEAST_FOR_ONE else 0
    return abs(len(typed) - len(right)) <= most and _distance(typed, right) <= most


def _distance(a: str, b: str) -> int:
    """Letters to change, add, take away, or swap with the next (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
