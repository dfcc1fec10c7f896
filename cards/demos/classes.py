"""How demos that get activations, and no data, call the classes and their shares."""

from collections.abc import Sequence

from cards.messages import Number, _

BEARS = (_("teddy"), _("grizzly"), _("brown"))
ALL = 0.9995  # rounds to 100.0%
NONE = 0.0005  # rounds to 0.0% or 0.1%


def class_names(count: int) -> Sequence[str]:
    """The three bears of the cards; any other number of classes goes by its columns, counted from 0 as torch does."""
    if count == len(BEARS):
        return BEARS
    return [_("class\N{NO-BREAK SPACE}%(number)s", number=number) for number in range(count)]


def joined(names: Sequence[str]) -> str:
    """One name or more with commas; each is said in its own language."""
    said, *others = names
    for other in others:
        said = _("%(first)s, %(second)s", first=said, second=other)
    return said


def share_of_all(share: float) -> str:
    """A share from 0 to 1, as per cent with one decimal; what is only rounded to all or nothing says so."""
    if share >= ALL:
        return _("practically 100%")
    return Number(f"{share:.1%}") if share >= NONE else _("practically 0%")
