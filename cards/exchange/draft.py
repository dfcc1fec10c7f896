"""What every format is read into."""

from dataclasses import dataclass

from cards.cardtext import cloze_numbers


@dataclass(frozen=True, slots=True)
class Draft:
    """A card to be: prompt and answer as Markdown, not yet cleaned. A blank answer is still to be written."""

    prompt: str
    answer: str

    @property
    def needs_answer(self) -> bool:
        return not self.answer and not cloze_numbers(self.prompt)
