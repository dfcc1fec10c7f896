"""docs/search.md says what the language is."""

import re
from pathlib import Path

import pytest

from cards.search import FIELDS, Comparison, Is, QueryError, Status, Text, fold, parse
from cards.search.parse import MOST_CHARACTERS, MOST_DEPTH, MOST_TERMS

DOCS = (Path(__file__).parents[2] / "docs" / "search.md").read_text()
TERMS, MISTAKES = DOCS.split("Anything else")
CODE = re.compile(r"`([^`]+)`")
EXAMPLES = [match for line in re.findall(r"^\| (`.*`) \|", TERMS, re.M) for match in CODE.findall(line)]


def test_each_example_can_be_searched_for() -> None:
    assert len(EXAMPLES) > 15
    for example in [*EXAMPLES, *re.findall(r"`((?:deck|tag|due|lapses)[=<]\S[^`]*)`", TERMS)]:
        parse(example)


def test_it_has_every_kind_of_term() -> None:
    assert {parse(example) for example in EXAMPLES} >= {Is(status) for status in Status}
    assert {re.split("[:<>=]", example)[0] for example in EXAMPLES} >= FIELDS.keys()
    for comparison in Comparison:
        assert f"`{comparison}`" in TERMS


def test_it_names_the_limits() -> None:
    assert f"{MOST_CHARACTERS} characters and {MOST_TERMS} terms" in TERMS
    assert f"at most {MOST_DEPTH} deep" in TERMS


def test_what_it_says_of_signs_is_so() -> None:
    assert parse('"or"') == Text("or")
    assert parse("a b or c") == parse("(a b) or c")
    assert parse("a OR Is:Due and b") == parse("a or is:due b")
    assert parse(r'"\frac \" \\"') == Text(r'\frac " \ '.rstrip())
    for written, found in re.findall(r"`(\w+)` (?:finds )?\"(\w+)\"", TERMS):
        assert fold(found) == written


@pytest.mark.parametrize(
    ("written", "said"), re.findall(r"^\| `([^`]+)` \| (At .*) \|$", MISTAKES, re.M)
)  # fmt: skip
def test_each_mistake_is_answered_so(written: str, said: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(written)
    assert str(refused.value).startswith(said.removesuffix(" …"))
    assert said.endswith("…") or str(refused.value) == said
