"""How the demos' tests run a demo, and find what it gave."""

from typing import TypeVar

from cards.demos import Report, Result, demo

T = TypeVar("T")


def run(slug: str, seed: int = 42, report: Report = lambda *a, **n: None, **texts: str) -> Result:
    """What the demo gives for parameters that are written as in a form or a card."""
    one = demo(slug)
    return one.run(one.read(texts), seed, report)


def part(result: Result, kind: type[T], place: int = 0) -> T:
    """The first part of that kind, or the one at that place among them."""
    return [each for each in result.parts if isinstance(each, kind)][place]
