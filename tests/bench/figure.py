"""A figure: what several runs gave, and the limit it has to keep."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """The runs of one quantity. `target` is where we want to be, and is only said; the bench fails above `at_most`, and
    below `at_least`."""

    name: str
    unit: str
    runs: Sequence[float]
    target: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def value(self) -> float:
        return median(self.runs)

    @property
    def is_missed(self) -> bool:
        too_much = self.at_most is not None and self.value > self.at_most
        return too_much or (self.at_least is not None and self.value < self.at_least)

    @property
    def limit(self) -> str:
        if self.at_most is not None:
            return f"at most {self.at_most:g}" + (": MISSED" if self.is_missed else "")
        if self.at_least is not None:
            return f"at least {self.at_least:g}" + (": MISSED" if self.is_missed else "")
        if self.target is not None:
            return f"target {self.target:g}" + (", not met" if self.value > self.target else "")
        return ""

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name, "unit": self.unit, "median": self.value, "runs": list(self.runs),
            "target": self.target, "at_most": self.at_most, "at_least": self.at_least, "missed": self.is_missed,
        }  # fmt: skip


def turn_by_turn(rounds: int, *acts: Callable[[], T]) -> list[tuple[T, ...]]:
    """Each act once in every round: what disturbs the machine for a while disturbs them all."""
    return [tuple(act() for act in acts) for _ in range(rounds)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values, from 0 to 1, does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
