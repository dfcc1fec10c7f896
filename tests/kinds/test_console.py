"""Consoles: how a block of examples and a goal is read."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import CardText, DeckText, Example, Goal, TextError, Wording, clean, read_deck, write_deck

SQUARES = """Square the even numbers.

```try
goal: the list of their **squares**
value: [n * n for n in range(0, 10, 2)]
>>> 1 + 1
2
>>> for n in range(2):
...     print(n)
...
... print("end")
0

1
end

>>> x = 1
```"""


def test_a_console_has_its_goal_and_its_examples_each_with_what_it_gives() -> None:
    console = clean(SQUARES, "").console
    assert console
    assert console.goal == Goal("the list of their **squares**", "[n * n for n in range(0, 10, 2)]")
    assert console.examples == (
        Example("1 + 1", "2"),
        Example('for n in range(2):\n    print(n)\n\nprint("end")', "0\n\n1\nend"),
        Example("x = 1"),
    )
    assert clean(SQUARES, "").question == "Square the even numbers."


def test_lines_of_code_are_one_example_until_a_blank_line_or_an_output() -> None:
    console = clean("Try.\n\n```try\n>>> a = 1\n>>> a\n1\n>>> b = 2\n\n>>> b\n2\n```", "").console
    assert console
    assert console.examples == (Example("a = 1\na", "1"), Example("b = 2"), Example("b", "2"))


def test_a_choice_a_worksheet_and_an_accepted_answer_stand_above_a_console_as_without_it() -> None:
    block = "\n\n```try\n>>> 1\n1\n```"
    choice = clean(f"Which?\n\n- [ ] a\n- [x] b{block}", "", "accept: b")
    assert [each.text for each in choice.choices] == ["a", "b"]
    sheet = clean(f"Which?\n\n```worksheet\n| 1 | ?=A1 |\n```{block}", "")
    assert sheet.worksheet
    assert (choice.question, sheet.question) == ("Which?", "Which?")
    assert choice.console == sheet.console
    with pytest.raises(TextError, match="A1 has no number"):
        clean(f"Which?\n\n```worksheet\n| x | ?=A1 |\n```{block}", "")


def test_only_a_block_that_ends_the_prompt_is_a_console() -> None:
    assert Wording(f"{SQUARES}\n\nAnd on.", "").console is None
    assert clean("Which?\n\n```console\n$ ls\n```", "").console is None
    assert clean("```try\nWhich?\n\n```worksheet\n| 1 | ?=A1 |\n```", "").worksheet
    with pytest.raises(TextError, match="Write what is asked"):
        clean("```try\n>>> 1\n```", "")


@pytest.mark.parametrize(
    ("block", "line", "says"),
    [
        ("", 4, "has an example such as"),
        ("1 + 1", 4, "Above its examples"),
        ("\nhint: none\n>>> 1", 5, "Above its examples"),
        ("goal: a sum\ngoal: a sum\nvalue: 1", 5, "Above its examples"),
        ("goal:\nvalue: 1", 4, "Above its examples"),
        ("goal: a sum", 4, "words and a value"),
        ("value: 1\n>>> 1", 4, "words and a value"),
        ("goal: a sum\nvalue: 1 +", 5, "no Python expression"),
        ("goal: a sum\nvalue: x = 1", 5, "no Python expression"),
        ("goal: a sum\nvalue: " + "(" * 250 + ")" * 250, 5, "no Python expression"),
        ("goal: a sum\nvalue: " + "9" * 501, 5, "at most 500"),
        ("goal: " + "x" * 301 + "\nvalue: 1", 4, "at most 300"),
        ("\n".join([">>> 1\n1"] * 21), 4, "at most 20 examples"),
    ],
)
def test_a_console_that_cannot_be_used_is_refused_with_its_line(block: str, line: int, says: str) -> None:
    with pytest.raises(TextError) as refused:
        clean(f"Which?\n\n```try\n{block}\n```", "")
    assert says in refused.value.message
    assert (refused.value.field, refused.value.line) == ("prompt", line)


LINES = st.lists(
    st.sampled_from(
        [">>> a", ">>> b()", "... c", "...", "out <b>", "", "goal: g", "value: 1", "```", "``` try"]
    )
    | st.text(max_size=8),
    max_size=8,
)


@given(LINES)
def test_what_is_written_is_read_again(lines: list[str]) -> None:
    with suppress(TextError):
        wording = clean("\n".join(["Which?", "", "```try", *lines, "```"]), "So.")
        deck = DeckText("Deck", "", (CardText("a", wording),))
        assert read_deck(write_deck(deck)) == deck
        assert read_deck(write_deck(deck)).cards[0].wording.console == wording.console


@pytest.mark.parametrize(
    "block",
    [
        "goal: g\nvalue: " + "[" * 10_000,
        "goal: g\nvalue: " + "-" * 480 + "1",
        "goal: g\nvalue: " + "lambda:" * 70 + "1",
        ">>> " + "(" * 1_000_000,
        ">>> 1\n" * 200_000,
        "<script>alert(1)</script>\n" * 40_000,
    ],
)
def test_hostile_blocks_are_answered_at_once_and_nothing_is_run(block: str) -> None:
    start = time.process_time()
    with suppress(TextError):
        clean(f"Which?\n\n```try\n{block}\n```", "")
    assert time.process_time() - start < 1


def test_the_value_of_a_goal_is_read_and_never_run(tmp_path) -> None:
    ran = tmp_path / "ran"
    console = clean(f"Which?\n\n```try\ngoal: g\nvalue: open({str(ran)!r}, 'w')\n```", "").console
    assert console
    assert console.goal
    assert not ran.exists()
