"""What every format is read into."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """A card to be: prompt and answer as Markdown, not yet cleaned. A blank answer is still to be written."""

    prompt: str
    answer: str
