"""Whom a text names by @."""

import pytest

from cards.markup import mentioned
from cards.markup.mentions import MOST_NAMES
from tests.markup.attacks import ATTACKS


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada", ["ada"]),
        ("Is it so, @ada? And @bob, @ada?", ["ada", "bob"]),
        ("I agree with @ada.", ["ada.", "ada"]),
        ("@ada_b and @ada.b and @ada-b+c", ["ada_b", "ada.b", "ada-b+c"]),
        ("*@ada* **@bob** (@eve) > @dan", ["ada", "bob", "eve", "dan"]),
        ("- @ada\n\n> @bob\n\n| a |\n| - |\n| @eve |", ["ada", "bob", "eve"]),
        ("@Зоя @東京", ["Зоя", "東京"]),
        ("ada@example.org, a@b, @@ada, x/@ada", []),
        ("`@torch.no_grad`, $@ada$", []),
        ("```python\n@property\ndef f(): ...\n```\n\n    @ada", []),
        ("[@ada](https://example.org/@bob) https://example.org/@eve", []),
        ("@ @. @- \\@ada", ["ada"]),
        ("", []),
    ],
)
def test_it_finds_names_and_no_code_or_addresses(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


def test_it_finds_so_many_at_most() -> None:
    assert len(mentioned(" ".join(f"@a{n}" for n in range(1000)))) == MOST_NAMES


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_fails_on_nothing(attack: str) -> None:
    assert all(isinstance(name, str) for name in mentioned(f"{attack} @ada {attack}"))
