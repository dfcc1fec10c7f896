"""slice_lr is right: the rates against arithmetic done here, the groups against torchvision's own network."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.demos import ParameterError, Result
from cards.demos.contract import Plot, Table
from cards.demos.library.slice_lr import DEMO
from tests.demos.library.runs import part, run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

(SLICE,) = DEMO.parameters
RATES = st.floats(SLICE.least, SLICE.most)


def rates(result: Result) -> list[float]:
    return [row[2] for row in part(result, Table).rows]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        (":1e-3", [None, 1e-3]),
        ("slice(1e-3)", [None, 1e-3]),
        ("slice(None, 1e-3)", [None, 1e-3]),
        ("1e-6:1e-4", [1e-6, 1e-4]),
        ("slice(1e-6, 1e-4)", [1e-6, 1e-4]),
        (" slice( 1e-6 ,1e-4 ) ", [1e-6, 1e-4]),
    ],
)
def test_a_rate_is_read_in_each_form(text, value) -> None:
    assert SLICE.read(text) == value
    assert SLICE.read(SLICE.write(value)) == value


@pytest.mark.parametrize("text", ["1e-3", ":1e-3", "1e-6:1e-4", "3.5e-5:0.05", "2"])
def test_a_rate_is_written_as_people_write_it(text) -> None:
    assert SLICE.write(SLICE.read(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing is written"),
        ("1e-3:", "no end"),
        ("slice(1e-3,)", "no end"),
        (":", "no end"),
        ("0:1e-3", "out of range"),
        ("1e-3:100", "out of range"),
        ("1e-6:1e-5:1e-4", "no number"),
        ("slice()", "no end"),
        ("slice(a, b)", "no number"),
        ("slice(1e-3", "no number"),
    ],
)
def test_a_rate_that_cannot_be_read_says_what_may_be_written(text, says) -> None:
    with pytest.raises(ParameterError) as raised:
        SLICE.read(text)
    assert says in raised.value.message
    assert "1e-6:1e-4 for slice(1e-6, 1e-4)" in raised.value.message


@given(st.one_of(RATES, st.tuples(st.none() | RATES, RATES).map(list)))
def test_what_is_written_is_read_back(value) -> None:
    assert SLICE.read(SLICE.write(value)) == value
    json.dumps(value, allow_nan=False)


def test_two_rates_are_the_ends_and_between_them_are_equal_ratios() -> None:
    """Planted fault: the ends given the wrong way round. By hand: 3 groups, so (8e-2 / 2e-4) ** (1 / 2) = 20."""
    result = run("slice_lr", slice="2e-4:8e-2")
    assert np.allclose(rates(result), [2e-4, 4e-3, 8e-2], rtol=1e-6)
    *_, second, third = (row[3] for row in part(result, Table).rows)
    assert np.allclose([second, third], 20, rtol=1e-6)
    assert "20 times the rate of the one before" in result.finding
    assert "has 4e−3, not 0.04" in result.finding


def test_one_rate_in_a_slice_is_for_the_last_group_and_a_tenth_for_the_others() -> None:
    result = run("slice_lr", slice=":1e-3")
    assert np.allclose(rates(result), [1e-4, 1e-4, 1e-3], rtol=1e-6)
    assert "the last group that rate, 1e−3, and all groups before it a tenth, 1e−4" in result.finding


def test_a_number_is_for_all() -> None:
    result = run("slice_lr", slice="0.003")
    assert np.allclose(rates(result), [0.003] * 3, rtol=1e-6)
    assert "each of the 3 layer groups has 3e−3" in result.finding


def test_a_slice_that_falls_or_stays_is_not_said_to_rise() -> None:
    assert "The rates fall from 0.01 to 1e−4, each 0.1 times" in run("slice_lr", slice="1e-2:1e-4").finding
    assert "begins where it ends" in run("slice_lr", slice="1e-3:1e-3").finding


def test_each_form_is_drawn_once_the_one_that_was_asked_for_first() -> None:
    """By hand, for groups one after another."""
    expected = {
        "1e-6:1e-4": {
            "slice(1e-6, 1e-4)": [1e-6, 1e-5, 1e-4],
            "slice(1e-4)": [1e-5, 1e-5, 1e-4],
            "1e-4": [1e-4] * 3,
        },
        ":0.1": {"slice(0.1)": [0.01, 0.01, 0.1], "0.1": [0.1] * 3},
        "0.1": {"0.1": [0.1] * 3, "slice(0.1)": [0.01, 0.01, 0.1]},
    }
    for text, lines in expected.items():
        plot = part(run("slice_lr", slice=text), Plot)
        assert [series.label for series in plot.series] == list(lines)
        for series, line in zip(plot.series, lines.values(), strict=True):
            assert np.allclose(series.y, line, rtol=1e-6)
        assert [mark.y for mark in plot.marks] == list(plot.series[0].y)
        assert plot.y_scale == "log"


def test_the_groups_are_a_resnets_early_stages_its_late_ones_and_a_head() -> None:
    """Planted fault: groups out of order. Counted in torchvision's own network, with one channel instead of three."""
    from torchvision.models import resnet18

    counts = {name: sum(p.numel() for p in child.parameters()) for name, child in resnet18().named_children()}
    early = counts["conv1"] * 1 // 3 + counts["bn1"] + counts["layer1"] + counts["layer2"]
    late = counts["layer3"] + counts["layer4"]
    head = 2 * 1024 + 1024 * 512 + 2 * 512 + 512 * 10  # two batch norms, two linear layers without a bias
    assert [row[1] for row in part(run("slice_lr"), Table).rows] == [early, late, head]


@pytest.mark.parametrize("text", ["1e-10:10", "10:1e-10", ":1e-10", ":10", "1e-10", "10"])
def test_the_ends_of_the_range_give_a_result(text) -> None:
    assert run("slice_lr", slice=text).finding.endswith(".")


FAULTS = [
    ("return [rate(start) if start", "return [rate(stop) if start",
     test_two_rates_are_the_ends_and_between_them_are_equal_ratios),
    ("rate / before for", "before / rate for", test_two_rates_are_the_ends_and_between_them_are_equal_ratios),
    ("in learner.opt.param_lists]", "in learner.opt.param_lists[::-1]]",
     test_the_groups_are_a_resnets_early_stages_its_late_ones_and_a_head),
]  # fmt: skip
