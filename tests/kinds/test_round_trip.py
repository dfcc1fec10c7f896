"""A card of each kind, written to a deck file and read again, is the same card, of the same kind."""

from hypothesis import given
from hypothesis import strategies as st

from cards.cardtext import (
    CardText,
    Choice,
    DeckText,
    Example,
    Goal,
    Wording,
    clean,
    normalise,
    read_deck,
    write_deck,
)

HOSTILE = [
    "## Card: a",
    "### Answer",
    "```",
    "```worksheet",
    "```try",
    ">>> a",
    "- [x] y",
    "accept: z",
    "tags: t",
    "|",
    "\\",
    "$x$",
    "é",
    "> said",
]
LINE = (st.sampled_from(HOSTILE) | st.text(max_size=12)).map(
    lambda text: normalise(text).replace("\n", " ").strip()
)
PART = LINE.filter(bool)
ANSWER = st.lists(LINE, max_size=4).map("\n".join)
QUESTION = ANSWER.map(lambda text: f"Look:\n{text}\nWhich?")


def again(wording: Wording) -> Wording:
    deck = DeckText(
        "D", "", (CardText("before", clean("p", "a")), CardText("k", wording), CardText("z", clean("q", "")))
    )
    read = read_deck(write_deck(deck))
    assert read == deck
    return read.cards[1].wording


@given(PART, ANSWER, st.lists(PART.filter(lambda text: len(text) < 100), min_size=1, max_size=4))
def test_a_typed_card(prompt: str, answer: str, accepted: list[str]) -> None:
    wording = clean(prompt, answer, "\n".join(f"accept: {each}" for each in accepted))
    assert again(wording) == wording
    assert again(wording).accepted == tuple(accepted)


CHOICE = st.builds(Choice, PART, st.booleans(), st.lists(PART, max_size=2).map("\n".join))


@given(
    QUESTION,
    ANSWER,
    st.lists(CHOICE, min_size=2, max_size=6).filter(lambda them: any(c.is_right for c in them)),
)
def test_a_choice(question: str, answer: str, choices: list[Choice]) -> None:
    lines = [question, ""]
    for choice in choices:
        lines.append(f"- [{'x' if choice.is_right else ' '}] {choice.text}")
        lines += [f"  > {said}" for said in choice.feedback.split("\n") if said]
    wording = clean("\n".join(lines), answer)
    assert again(wording) == wording
    assert again(wording).choices == tuple(choices)


NUMBER = st.decimals(-999, 999, places=2).map(str)
LABEL = PART.filter(lambda text: "|" not in text and len(text) < 60).map(lambda text: f"L {text}")
RANGED = st.builds(
    lambda number, low, width: f"{number} ~ {low}..{low + width}",
    NUMBER,
    st.integers(-9, 9),
    st.integers(1, 9),
)
GIVEN = NUMBER | RANGED
FORMULA = st.sampled_from(["exp(B1/100)", "B1+1", "sum(B1:B1, 2)", "2*B1^2", "max(B1; 3)", "-B1%"])
ROW = st.tuples(LABEL, GIVEN, st.sampled_from(["=", "?="]), FORMULA)


@given(
    QUESTION, ANSWER, st.lists(ROW, min_size=1, max_size=6), FORMULA, PART,
    st.sampled_from(["", "tolerance: 0.01", "tolerance: 2 %"]),
)  # fmt: skip
def test_a_worksheet(
    question: str, answer: str, rows: list[tuple], asked: str, hint: str, tolerance: str
) -> None:
    written = [(label, number, f"{sign}{formula}") for label, number, sign, formula in rows]
    written.append(("last", "1", f"?={asked}"))
    table = [f"| {' | '.join(cells)} |" for cells in written]
    block = ["```worksheet", *table, f"hint: {hint}", *filter(None, [tolerance]), "```"]
    wording = clean("\n".join([question, "", *block]), answer)
    assert again(wording) == wording
    sheet = again(wording).worksheet
    assert sheet is not None
    assert sheet == wording.worksheet
    assert [len(cells) for cells in sheet.rows] == [3] * len(written)
    assert sheet.hint == hint
    assert len(sheet.asked) == sum(cells[2].startswith("?") for cells in written)


CODE = st.lists(LINE.filter(lambda text: "```" not in text), min_size=1, max_size=4).map("\n".join)
OUTPUT = LINE.filter(lambda text: "```" not in text and not text.startswith((">>>", "...")))
EXAMPLE = st.builds(Example, CODE.filter(lambda code: code == code.strip()), OUTPUT)
GOAL = st.none() | st.builds(Goal, PART, st.sampled_from(["[0, 4]", "'a'", "{n: n for n in range(3)}", "2"]))


@given(QUESTION, ANSWER, GOAL, st.lists(EXAMPLE, min_size=1, max_size=5))
def test_a_console(question: str, answer: str, goal: Goal | None, examples: list[Example]) -> None:
    lines = [question, "", "````try"]
    if goal:
        lines += [f"goal: {goal.text}", f"value: {goal.value}"]
    for example in examples:
        first, *others = example.code.split("\n")
        lines += [f">>> {first}", *(f"... {line}" for line in others), example.output, ""]
    wording = clean("\n".join([*lines, "````"]), answer)
    assert again(wording) == wording
    console = again(wording).console
    assert console is not None
    assert (console.goal, console.examples) == (goal, tuple(examples))
