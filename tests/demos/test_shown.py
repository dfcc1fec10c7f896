"""A column's numbers as a page shows them."""

import math

import numpy as np
import pytest

from cards.demos.shown import short, shown


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        ([0.02, -2.49, 1.25, None], ["0.02", "−2.49", "1.25", ""]),
        ([0.2220989316701889, 0.018049590289592743, 1.0], ["0.2221", "0.0180", "1.0000"]),
        ([float(np.float32(0.02)), 1.0], ["0.02", "1.00"]),  # what float32 adds is not shown
        ([np.float32(0.5), np.int64(3)], ["0.5", "3"]),
        ([25_557_032, -3], ["25,557,032", "−3"]),
        ([1.65e38, 3.0], ["1.65e38", "3"]),
        ([8.31e-5, 0.0], ["8.31e−5", "0"]),
        ([math.nan, math.inf, -math.inf], ["nan", "inf", "−inf"]),
        (["teddy", True, None], ["teddy", "True", ""]),
    ],
)
def test_a_column_has_as_many_decimals_as_it_needs(column, texts) -> None:
    assert shown(column) == texts


def test_a_number_in_a_sentence_has_two_digits() -> None:
    given = (0.00123, 8.31e-5, 10.0, 99.6, 145.2, -316_228.0, 999_000.0, 3.2e6, math.inf)
    texts = ["0.0012", "8.3e−5", "10", "100", "150", "−320,000", "1e6", "3.2e6", "inf"]
    assert [short(value) for value in given] == texts
