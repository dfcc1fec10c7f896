"""What a check of the doctor's says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing stands, as sentences: what is so, and unless it is ok what to do."""

    state: State
    says: str
    advice: str = ""


def ok(says: str) -> Finding:
    return Finding(State.OK, says)


def warning(says: str, advice: str) -> Finding:
    """Something works less well than it could."""
    return Finding(State.WARNING, says, advice)


def problem(says: str, advice: str) -> Finding:
    """Something does not work, or is not safe."""
    return Finding(State.PROBLEM, says, advice)


def skipped(cause: str) -> Finding:
    return Finding(State.SKIPPED, "Not looked at.", f"Mend “{cause}” first.")


def first_line(said: object) -> str:
    """What an error says, in one line without a full stop."""
    lines = str(said).strip().splitlines()
    return (lines[0] if lines else type(said).__name__).rstrip(". ")


def listed(names: list[str], most: int = 3) -> str:
    """The first few of them, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
