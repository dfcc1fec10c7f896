"""Choices: which are read from a prompt, their order, and what taking some comes to."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import Choice, split_choices
from cards.kinds import Verdict, check_chosen, order

ONE = """Which function takes no logarithm, despite its name?

- [ ] `log_softmax`
  > It does:
  > the logarithm of softmax.
- [x] `nll_loss`
- [ ] both

  ```python
  one
    two
  ```
"""


def test_a_list_with_a_right_item_at_the_prompts_end_is_its_choices() -> None:
    question, choices = split_choices(ONE.strip("\n"))
    assert question == "Which function takes no logarithm, despite its name?"
    assert choices == (
        Choice("`log_softmax`", False, "It does:\nthe logarithm of softmax."),
        Choice("`nll_loss`", True),
        Choice("both\n\n```python\none\n  two\n```", False),
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "Plain?",
        "None is right?\n\n- [ ] a\n- [ ] b",
        "One is no choice?\n\n- [x] a",
        "- [x] a\n- [ ] b",
        "It goes on?\n\n- [x] a\n- [ ] b\n\nHere.",
        "Code?\n\n```\n- [x] a\n- [ ] b\n```",
        "Too many?\n\n" + "\n".join(f"- [x] {n}" for n in range(21)),
        "A plain list?\n\n- a\n- b",
    ],
)
def test_any_other_text_has_no_choices(prompt: str) -> None:
    assert split_choices(prompt) == (prompt, ())


@given(st.text(st.sampled_from("-*[] xX>\na`"), max_size=60))
def test_whatever_is_written_is_read(text: str) -> None:
    question, choices = split_choices(text)
    assert text.startswith(question)
    assert not choices or any(choice.is_right for choice in choices)


CHOICES = [Choice("a", True), Choice("b", False), Choice("c", False), Choice("d", False)]


def test_the_order_is_the_seeds_and_each_place_is_each_choices() -> None:
    assert order(CHOICES, "7 3") == order(CHOICES, "7 3")
    first = Counter(order(CHOICES, str(seed))[0].text for seed in range(4000))
    assert set(first) == set("abcd")
    assert all(900 < count < 1100 for count in first.values())


@pytest.mark.parametrize(
    ("right", "taken", "verdict"),
    [
        ({0}, {0}, Verdict.RIGHT),
        ({0}, {1}, Verdict.WRONG),
        ({0}, {0, 1}, Verdict.WRONG),
        ({0}, {0, 99}, Verdict.RIGHT),
        ({0, 1}, {0, 1}, Verdict.RIGHT),
        ({0, 1}, {0}, Verdict.CLOSE),
        ({0, 1}, {0, 1, 2}, Verdict.CLOSE),
        ({0, 1}, {0, 2}, Verdict.WRONG),
        ({0, 1}, {2, 3}, Verdict.WRONG),
    ],
)
def test_right_is_to_take_all_that_are_right_and_no_other(right, taken, verdict) -> None:
    choices = [Choice(str(place), place in right) for place in range(4)]
    found = check_chosen(choices, taken)
    assert found.verdict is verdict
    assert [is_taken for _, is_taken in found.choices] == [place in taken for place in range(4)]
