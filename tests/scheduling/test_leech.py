"""Which cards are leeches, and which lapse is told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.scheduling.leech import is_leech, is_told


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (8, [8, 12, 16, 20, 24]),
        (5, [5, 8, 11, 14, 17, 20, 23]),
        (2, list(range(2, 25))),
        (1, list(range(1, 25))),
        (0, []),
    ],
)
def test_it_is_told_at_the_limit_and_each_half_of_it_later(limit: int, told: list[int]) -> None:
    assert [lapses for lapses in range(25) if is_told(lapses, limit)] == told


@given(st.integers(0, 200), st.integers(0, 99))
def test_only_of_leeches_it_is_told(lapses: int, limit: int) -> None:
    assert is_leech(lapses, limit) == (limit > 0 and lapses >= limit)
    assert is_leech(lapses, limit) or not is_told(lapses, limit)
