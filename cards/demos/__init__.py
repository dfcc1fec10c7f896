"""What can be run beside a card: the demos, what each takes and gives, and how that is drawn. Pure."""

from cards.demos.contract import (
    Cancelled,
    Choice,
    Demo,
    Integer,
    Parameter,
    ParameterError,
    ParametersRefused,
    Queue,
    Real,
    Reals,
    Report,
    Result,
    ShortText,
)
from cards.demos.draw import Drawing, draw
from cards.demos.registry import demo, demos

__all__ = [
    "Cancelled",
    "Choice",
    "Demo",
    "Drawing",
    "Integer",
    "Parameter",
    "ParameterError",
    "ParametersRefused",
    "Queue",
    "Real",
    "Reals",
    "Report",
    "Result",
    "ShortText",
    "demo",
    "demos",
    "draw",
]
