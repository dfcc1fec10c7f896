"""The language of searches: every text is a query or a sentence, and every query has a text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cards.search import (
    All,
    Compared,
    Comparison,
    Either,
    Forgotten,
    InDeck,
    Is,
    Not,
    Quantity,
    Query,
    QueryError,
    Status,
    Tagged,
    Text,
    fold,
    parse,
    write,
)
from cards.search.parse import MOST_CHARACTERS, MOST_DAYS, MOST_DEPTH, MOST_TERMS, RANGES

PIECES = st.sampled_from(
    [*'"“”\\()-<>=:', " ", "\n", "\x00", "\u0301", "\udc80", "or", "AND", "a", "é", "7", "2.35", "1.234", "-3",
     "deck:", "Tag:", "tag=", "is:", "is:due", "ease", "due<", "interval >= ", "lapses", "forgotten:", "foo:", "x" * 40]
)  # fmt: skip


def read(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as error:
        return error


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=600))
@example('"' + "\\" * 498)
@example("ease " * 90)
@example("-" * MOST_CHARACTERS)
@example("(" * MOST_CHARACTERS)
def test_any_text_is_a_query_or_a_sentence_that_names_a_place_in_it(text: str) -> None:
    query = read(text)
    if isinstance(query, QueryError):
        assert query.message[0].isupper() or query.message[0] == "“"
        assert query.message[-1] == "."
        assert 0 <= query.start <= query.end <= len(text)
        assert str(query).startswith(f"At character {query.start + 1}: ")
    else:
        assert (query == All()) == (not text.strip())
        written = write(query)
        if len(written) <= MOST_CHARACTERS:
            assert parse(written) == query


TEXTS = st.text(st.characters() | st.sampled_from('"\\“ -or()<:'), min_size=1, max_size=6).filter(fold)
TEXTS |= st.sampled_from(
    ["or", "And", "ease", "due<7", "is:due", "-a", "a b", "it's", "1cycle", "C++", "\\frac{1}{2}"]
)
TERMS = st.one_of(
    st.builds(Text, TEXTS),
    st.builds(InDeck, TEXTS, st.booleans()),
    st.builds(Tagged, TEXTS, st.booleans()),
    st.builds(Is, st.sampled_from(Status)),
    st.builds(Forgotten, st.integers(1, MOST_DAYS)),
    st.sampled_from([q for q in Quantity if q is not Quantity.EASE]).flatmap(
        lambda quantity: st.builds(
            Compared, st.just(quantity), st.sampled_from(Comparison), st.integers(*RANGES[quantity])
        )
    ),
    st.builds(Compared, st.just(Quantity.EASE), st.sampled_from(Comparison), st.integers(0, 9_900)),
)


def _joined(queries: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(queries, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, queries) | st.builds(All, several) | st.builds(Either, several)


def _depth(query: Query) -> int:
    match query:
        case Not(inner):
            return 1 + _depth(inner)
        case All(queries) | Either(queries):
            return 1 + max(map(_depth, queries))
        case _:
            return 1


QUERIES = st.recursive(TERMS, _joined, max_leaves=MOST_TERMS).filter(
    lambda query: _depth(query) <= MOST_DEPTH
)


@given(QUERIES)
@example(Not(Not(Text("a"))))
@example(Not(Either((Text("or"), All((Text("and"), Text("-")))))))
@example(All((Text("ease"), Text("<"), Text("2"))))
@example(All((All((Text("a"), Text("b"))), Text("c"))))
@example(Either((Either((Text("a"), Text("b"))), All((Text("c"), Text("d"))))))
def test_a_query_is_read_from_what_was_written_of_it(query: Query) -> None:
    text = write(query)
    if len(text) <= MOST_CHARACTERS:
        assert parse(text) == query


A, B, C = Text("a"), Text("b"), Text("c")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        (" \n", All()),
        ("soft-max", Text("soft-max")),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a b or c", Either((All((A, B)), C))),
        ("a (b OR c)", All((A, Either((B, C))))),
        ("(a)", A),
        ("-(a b)", Not(All((A, B)))),
        ("-a b", All((Not(A), B))),
        ('"a  b" “b” „c”', All((Text("a  b"), B, C))),
        (r'"\"a\" \\ \frac"', Text(r'"a" \ \frac')),
        ('a"b"(c)', All((A, B, C))),
        ("oral", Text("oral")),
        ("deck:a deck=b", All((InDeck("a"), InDeck("b", is_whole=True)))),
        ('Tag:"a b" tag=c', All((Tagged("a b"), Tagged("c", is_whole=True)))),
        ('is:Due is:"new"', All((Is(Status.DUE), Is(Status.NEW)))),
        ("ease<2", Compared(Quantity.EASE, Comparison.BELOW, 200)),
        ("ease>=2.5", Compared(Quantity.EASE, Comparison.AT_LEAST, 250)),
        ("ease = 1.35", Compared(Quantity.EASE, Comparison.IS, 135)),
        ("DUE<=-7", Compared(Quantity.DUE, Comparison.AT_MOST, -7)),
        ("interval > 21", Compared(Quantity.INTERVAL, Comparison.ABOVE, 21)),
        ("-lapses>=3", Not(Compared(Quantity.LAPSES, Comparison.AT_LEAST, 3))),
        ("forgotten:7", Forgotten(7)),
        ("due lr = x", All((Text("due"), Text("lr"), Text("="), Text("x")))),
    ],
)
def test_it_reads_each_kind_of_term(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "piece", "message"),
    [
        ("a or", "", "Something to search for is missing here."),
        ("a ()", "", "Something to search for is missing here."),
        ("a or and b", "and", "“and” stands between two things to search for. The word itself goes in quotes."),
        ("a (b", "(", "This parenthesis is not closed. The sign itself goes in quotes."),
        ("a ) b", ")", "This parenthesis closes none."),
        ('a "b', '"', "The quote that opens here is not closed."),
        ('a ""', '""', "There is nothing to search for in this."),
        ("a - b", "-", "A minus stands right before what it excludes, as in “-tag:gpu”. The sign itself goes in"),
        ("a tga:gpu", "tga:", "There is no “tga:”; did you mean “tag”?"),
        ("a lr=0.1", "lr=", "There is no “lr=”. Search by “deck”, “tag”,"),
        ("a tag: gpu", "tag:", "After “tag:” comes what you look for, as in “tag:gpu”."),
        ("a is:suspend", "is:suspend", "There is no “is:suspend”; did you mean “is:suspended”?"),
        ("a is:zzz", "is:zzz", "There is no “is:zzz”. A card can be “is:due”, “is:new”,"),
        ("a is=due", "is=", "After “is” comes a colon, as in “is:due”."),
        ("a ease:2", "ease:", "“ease” is compared, as in “ease<2”."),
        ("ease<2.345", "ease<2.345", "After “ease<” comes a number, with two decimals at most, from 0 to 99, as in"),
        ("ease<99.01", "ease<99.01", "After “ease<” comes a number,"),
        ("due<1.5", "due<1.5", "After “due<” comes a whole number from -36,500 to 36,500, as in “due<7”."),
        ("lapses >= many b", "lapses >= many", "After “lapses >=” comes a whole number from 0 to 9,999, as in"),
        ("forgotten:0", "forgotten:0", "After “forgotten:” comes a whole number from 1 to 36,500, as in"),
        ("a " * MOST_TERMS + "b c", "b c", "A search has at most 20 terms; from here on it is too long."),
        ("-" * MOST_DEPTH + "(a)", "(", "Parentheses and minuses stand within each other at most 10 deep."),
        ("a" * MOST_CHARACTERS + "b", "b", "A search has at most 500 characters; this one has 501."),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_where(text: str, piece: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.message.startswith(message)
    assert text[refused.value.start : refused.value.end] == piece


def test_it_writes_no_quotes_where_none_are_needed() -> None:
    text = 'deck="Chapter 1" tag:gpu (softmax or C++) -is:due ease<2.3 due>=-1 forgotten:7'
    assert write(parse(text)) == text
