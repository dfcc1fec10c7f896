"""The card language: one card's three texts."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards.cardtext import DemoLink, TextError, Wording, clean, normalise

TEXTS = st.text(
    st.sampled_from("ab#\\`*: \t\n\r\v\f\x00\x85\u2028\u00a0\ufeffe\u0301\u212b\ud800=\u0338"), max_size=40
)


@given(TEXTS | st.text(st.characters()))
@example("a  \n \nb")
@example("a \r\x00\nb")
@example("e\x00\u0301")
def test_it_changes_nothing_when_it_normalises_twice(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    once.encode("utf-8")


@given(
    TEXTS,
    TEXTS,
    st.lists(st.sampled_from(["tags: A,b", "  Reference :x", "demo: a b=' c'", "", " \t"]), max_size=4),
)
def test_it_changes_nothing_when_it_cleans_twice(prompt: str, answer: str, details: list[str]) -> None:
    once = clean("p" + prompt, answer, "\r\n".join(details))
    assert clean(once.prompt, once.answer, once.details) == once


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x0bf", "a\nb\nc\nd\ne\nf"),
        ("e\u0301", "é"),
        ("a\x00b\x1b[0m\x7f\x9d\tc\ufeff\udc80", "ab[0m\tc"),
        ("\n \n  code\nend \n\n", "  code\nend"),
        ("a \nb\t\nc", "a\nb\nc"),
        ("a  \nb", "a  \nb"),
        ("a     \nb \t  \nc", "a  \nb  \nc"),
        ("a  \t\nb", "a\nb"),
        ("a  \n\nb  \n \u00a0 \nc  ", "a\n\nb\n\nc"),
        ("one\n\n\n\ntwo", "one\n\n\n\ntwo"),
        ("", ""),
        ("\u00a0\n\u3000", ""),
    ],
)
def test_it_normalises_line_ends_controls_spaces_and_composed_characters(
    given_text: str, expected: str
) -> None:
    assert normalise(given_text) == expected


def test_it_refuses_a_card_without_a_prompt() -> None:
    with pytest.raises(TextError) as refused:
        clean(" \n\u00a0\n", "answer")
    assert (refused.value.field, refused.value.line) == ("prompt", None)
    assert str(refused.value) == "A card needs a prompt. Write what it asks."


@pytest.mark.parametrize(("field", "limit"), [("prompt", 10_000), ("answer", 50_000), ("details", 5_000)])
def test_it_refuses_a_text_that_is_one_character_too_long(field: str, limit: int) -> None:
    texts = {"prompt": "p", "answer": "", "details": ""}
    start = "reference: " if field == "details" else ""
    clean(**texts | {field: start + "é" * (limit - len(start))})
    with pytest.raises(TextError, match=rf"{limit + 1:,} characters; at most {limit:,}") as refused:
        clean(**texts | {field: start + "é" * (limit - len(start) + 1)})
    assert refused.value.field == field


def test_it_counts_the_details_as_they_are_stored() -> None:
    details = "tags:a\n" * 10 + "reference: "
    clean("p", "", details + "a" * 4909)
    with pytest.raises(TextError, match="5,001 characters"):
        clean("p", "", details + "a" * 4910)


def test_it_refuses_huge_details_in_a_moment() -> None:
    with pytest.raises(TextError, match="at most 5,000"):
        clean("p", "", "demo: a b='" + "x" * 2_000_000)


def test_it_reads_details() -> None:
    wording = clean(
        "p",
        "a",
        "\nTags:  GPU, softmax,, gpu \nreference: book: chapter 5\n\nreference:paper\ntags: new\n"
        'demo: softmax_table activations=0.02,-2.49,1.25 title="two \\"big\\" words"\ndemo: lr_find\n',
    )
    assert wording.details.split("\n") == [
        "tags: GPU, softmax,, gpu",
        "reference: book: chapter 5",
        "reference: paper",
        "tags: new",
        'demo: softmax_table activations=0.02,-2.49,1.25 title="two \\"big\\" words"',
        "demo: lr_find",
    ]
    assert wording.tags == ("gpu", "softmax", "new")
    assert wording.references == ("book: chapter 5", "paper")
    assert wording.demos == (
        DemoLink("softmax_table", (("activations", "0.02,-2.49,1.25"), ("title", 'two "big" words'))),
        DemoLink("lr_find"),
    )


def test_it_has_no_details_where_none_are_written() -> None:
    assert (Wording("p", "a").tags, Wording("p", "a").references, Wording("p", "a").demos) == ((), (), ())


@pytest.mark.parametrize(
    ("details", "line", "message"),
    [
        ("tags: a\n\nWhy?", 3, "A detail reads `key: value`"),
        ("tag: a", 1, "`tag:` is no detail. Use one of `reference:`, `tags:`, `demo:`, `accept:`."),
        ("https://example.org", 1, "`https:` is no detail"),
        ("tags: a\nreference:  ", 2, "`reference:` says nothing"),
        ("demo: Softmax", 1, "`Softmax` is no demo's name"),
        ("demo: ''", 1, "`` is no demo's name"),
        ("demo: softmax 3", 1, "`3` is no parameter"),
        ("demo: softmax N=3", 1, "`N=3` is no parameter"),
        ("demo: softmax n=3 n=4", 1, "`n` stands there twice"),
        ("\ndemo: softmax title='two words", 2, "ends inside a quote"),
        ("demo: softmax title=\\", 1, "ends inside a quote"),
    ],
)
def test_it_says_which_line_of_the_details_is_wrong_and_what_to_do(
    details: str, line: int, message: str
) -> None:
    with pytest.raises(TextError) as refused:
        clean("p", "a", details)
    assert (refused.value.field, refused.value.line) == ("details", line)
    assert message in refused.value.message
    assert str(refused.value) == f"Line {line}: {refused.value.message}"


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))).map(normalise)


@given(
    NAMES, st.dictionaries(NAMES, VALUES | st.sampled_from(["", "a b", "'", '"', "\\", "\\\\'\" #", "\\n"]))
)
def test_it_reads_a_demo_as_it_was_written(slug: str, parameters: dict[str, str]) -> None:
    link = DemoLink(slug, tuple(parameters.items()))
    assert Wording("p", "a", f"demo: {link}").demos == (link,)
    assert clean("p", "a", f"demo: {link}").demos == (link,)


def test_it_writes_quotes_only_where_a_value_needs_them() -> None:
    assert str(DemoLink("draw", (("points", "1,-2.5"), ("title", "two words"), ("empty", "")))) == (
        'draw points=1,-2.5 title="two words" empty=""'
    )


def test_it_knows_a_card_that_needs_an_answer() -> None:
    assert clean("p", " \n\u00a0\x00").needs_answer
    assert clean("p", " \n\u00a0\x00").answer == ""
    assert not clean("p", "??").needs_answer


def test_it_keeps_an_error_whole_between_processes() -> None:
    error = pickle.loads(pickle.dumps(TextError("Too long.", "deck", 3)))
    assert (str(error), error.field, error.line) == ("Line 3: Too long.", "deck", 3)
