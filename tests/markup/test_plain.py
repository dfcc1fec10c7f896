"""Card Markdown as one line."""

import pytest

from cards.markup import plain


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("a\nb  \nc\n\nd", "a b c d"),
        ("# *a* **b** ~~c~~", "a b c"),
        ("What does `x < 1` do?", "What does x < 1 do?"),
        ("- a\n- b\n  - c", "a b c"),
        ("```python\nx = 1\ny = 2\n```", "x = 1 y = 2"),
        ("[a](https://b.example) ![c](https://d.example/e) <https://f.example>", "a c https://f.example"),
        ("![a *b*](/pictures/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f)", "a b"),
        ("$e^x$ and $5", "e^x and $5"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
        ("a &lt;b&gt; <c> \\*", "a <b> <c> *"),
        ("a\ud800b", "a\ufffdb"),
        ("> " * 100 + "a  b", "> " * 100 + "a b"),
        ("a  b\n" * 20_000, "a b " * 19_999 + "a b"),
    ],
)
def test_it_gives_the_text_on_one_line(markdown: str, text: str) -> None:
    assert plain(markdown) == text
