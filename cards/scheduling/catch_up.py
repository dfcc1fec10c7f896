"""Catching up after a break: what is due is spread over days, the most endangered cards first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from heapq import heapify, heapreplace


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card of the backlog: what names it, since when it is due, its interval and the day of its last review."""

    key: int
    due_on: date
    interval_days: int
    counted_on: date | None

    def danger(self, today: date) -> Fraction:
        """The time since the last review in intervals: the larger, the lower is the estimated recall.

        0 where there was no review, so that there is nothing to forget.
        """
        if self.counted_on is None or not self.interval_days:
            return Fraction(0)
        return Fraction((today - self.counted_on).days, self.interval_days)


def spread(
    backlog: Iterable[DueCard], today: date, loads: Sequence[int], closed: Collection[int] = ()
) -> dict[int, date]:
    """For each card of the backlog, by its key, the day on which it is to come: today or one of the days after it.

    `loads` are the cards that come on each of these days anyway; they are filled up to be as even as possible, but for
    those at the places in `closed`, which get none.
    """
    shares = fill_up(len(backlog := list(backlog)), loads, closed)
    days = (today + timedelta(days=n) for n, share in enumerate(shares) for _ in range(share))
    ranked = sorted(backlog, key=lambda card: (-card.danger(today), card.due_on, card.key))
    return {card.key: day for card, day in zip(ranked, days, strict=True)}


def fill_up(count: int, loads: Sequence[int], closed: Collection[int] = ()) -> list[int]:
    """How many of `count` cards each day gets, one by one: the emptiest open day has the next, of equals the first."""
    shares = [0] * len(loads)
    days = [(load, n) for n, load in enumerate(loads) if n not in closed]
    heapify(days)
    for _ in range(count):
        load, n = days[0]
        shares[n] += 1
        heapreplace(days, (load + 1, n))
    return shares
