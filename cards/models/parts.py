"""A card's parts as one number, which a database can ask: bit n is set where the card has part n.

A card that is asked as a whole has part 0 alone, a card with clozes the parts of their numbers.
"""

import re
from collections.abc import Collection
from typing import Any, NamedTuple, Self

from django.db.models import F, Q
from django.db.models.lookups import Exact

WHOLE = 1
MOST_ID = 2**62


class Asked(NamedTuple):
    """A card, and the part of it that is asked; as an address has it "12", or "12.3" for part 3."""

    card_id: int
    part: int = 0

    def __str__(self) -> str:
        return f"{self.card_id}.{self.part}" if self.part else f"{self.card_id}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The other way round. Raises ValueError where it is neither."""
        found = re.fullmatch(r"([1-9]\d{0,18})(?:\.(\d{1,2}))?", text, re.ASCII)
        if found is None or int(found[1]) > MOST_ID:
            raise ValueError(text)
        return cls(int(found[1]), int(found[2] or 0))


class Shown(NamedTuple):
    """A prompt as it is shown: the card and part, the number of that part's last event, the card's revision; in a form
    "12.3-4-1"."""

    asked: Asked
    number: int
    revision: int

    def __str__(self) -> str:
        return f"{self.asked}-{self.number}-{self.revision}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The other way round. Raises ValueError where it is none."""
        found = re.fullmatch(r"([\d.]+)-(\d{1,9})-(\d{1,9})", text, re.ASCII)
        if found is None:
            raise ValueError(text)
        return cls(Asked.read(found[1]), int(found[2]), int(found[3]))


def part_columns(parts: Collection[int]) -> dict[str, int]:
    """Those parts as columns of a card."""
    return {"parts": sum(1 << part for part in parts), "part_count": len(parts)}


def parts_in(mask: int) -> tuple[int, ...]:
    """The lowest first."""
    return tuple(part for part in range(mask.bit_length()) if mask >> part & 1)


def is_asked(parts: str | Any = "card__parts", schedule: str = "") -> Q:
    """Of a schedule: its card still has that part. `parts` names the card's column; `schedule` is before its own.

    A whole card is told first, as most are: PostgreSQL knows how many those are, and of bits nothing.
    """
    column = F(parts) if isinstance(parts, str) else parts
    part = F(f"{schedule}part")
    is_whole = Q(Exact(column, WHOLE), (f"{schedule}part", 0))
    has_bit: Any = Exact(column.bitrightshift(part).bitand(1), 1)  # type: ignore[arg-type]
    return is_whole | Q(has_bit, (f"{schedule}part__gt", 0))
