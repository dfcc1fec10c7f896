"""PURE: texts for people that know how they were made, so that whoever shows them can say them in another language.

A pure package knows no language but English. It makes its texts by `_` and `ngettext`, from which `makemessages`
collects them, and `cards.translated` says them anew. Until then they are English strings.
"""

from collections.abc import Iterable, Mapping
from typing import Any


class Number(str):
    """A number as it is written here, such as 1,234.5, which each region writes in its own way."""


class Message(str):
    """A text in English, with the `message` that it was made of (`more` where it counts) and what went into that."""

    message: str
    more: str
    number: int
    params: Mapping[str, object]

    def __str__(self) -> str:
        return self  # so that an exception's text is the message as well


def _(message: str, /, **params: object) -> Message:
    """The message with its parameters, such as %(name)s, in their places."""
    return _made(message, "", 1, params)


def ngettext(one: str, more: str, count: int, /, **params: object) -> Message:
    """The one for a single thing, the other for more or none."""
    return _made(one, more, count, params)


def _made(message: str, more: str, number: int, params: Mapping[str, object]) -> Message:
    text = message if not more or number == 1 else more
    made = Message(text % {name: _written(value) for name, value in params.items()} if params else text)
    made.message, made.more, made.number, made.params = message, more, number, params
    return made


def _written(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) else value


def kept(texts: Iterable[object]) -> dict[str, dict[str, Any]]:
    """What JSON can hold of those texts that have parameters: by the English text, how it is said anew."""
    return {str.__str__(text): _kept(text) for text in texts if isinstance(text, Message) and text.params}


def _kept(text: Message) -> dict[str, Any]:
    params = {
        name: _kept(value) if isinstance(value, Message) else {"number": value} if isinstance(value, Number)
        else value if isinstance(value, int) else str(value)
        for name, value in text.params.items()
    }  # fmt: skip
    return {"message": text.message, "more": text.more, "number": text.number, "params": params}
