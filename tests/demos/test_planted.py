"""Faults, planted in our own code, turn the tests red: each is one change of one line."""

import importlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cards.demos import registry
from tests.demos import test_axis, test_library, test_svg
from tests.demos.test_library import _loaded  # noqa: F401  (for the faults in what needs torch)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

BEARS = [0.02, -2.49, 1.25]
FAULTS = [
    ("library.softmax_table", "activations.exp()\n", "activations.exp2()\n",
     lambda: test_library.test_softmax_is_the_exponentials_shares(BEARS)),
    ("library.softmax_table", "softmax = activations.softmax(dim=0)", "softmax = exp / activations.sum()",
     lambda: test_library.test_softmax_is_the_exponentials_shares(BEARS)),
    ("library.softmax_table", "activations - activations.max()", "activations",
     test_library.test_a_thousand_overflows_and_the_shares_are_right_all_the_same),
    ("library.softmax_table", "key=lambda place: -activations[place]", "key=lambda place: activations[place]",
     test_library.test_the_finding_names_the_largest_share),
    ("library.lr_find", "    seeded(seed)\n", "",
     lambda: test_library.test_the_same_seed_gives_the_same_curve_and_another_another(found())),
    ("library.lr_find", "list(map(float, learner.recorder.lrs))", "list(map(float, learner.recorder.lrs))[1:] + [10.0]",
     lambda: test_library.test_the_rates_rise_by_equal_factors_from_the_first_to_the_last(found())),
    ("library.lr_find", "rates.log10(), int", "rates, int",
     test_library.test_the_last_clear_fall_is_where_the_slope_is_last_a_quarter_of_the_steepest),
    ("library.lr_find", ".nonzero()[-1]) + reach", ".nonzero()[-1])",
     test_library.test_the_last_clear_fall_is_where_the_slope_is_last_a_quarter_of_the_steepest),
    ("library.lr_find", "np.interp(math.log10(rate), np.log10(rates), losses)", "np.interp(rate, rates, losses)",
     lambda: test_library.test_each_rule_stands_at_its_rate_on_the_curve(found())),
    ("axis", 'math.log10(value) if scale == "log" else value', "value",
     test_svg.test_equal_factors_are_equal_distances_on_a_log_axis),
    ("axis", "[place * step for place in range(first, last + 1)]", "[place * step for place in range(first, last)]",
     test_axis.test_a_loose_axis_holds_all_its_numbers),
    ("svg", "self.bottom + (self.top - self.bottom)", "self.top + (self.bottom - self.top)",
     test_svg.test_a_larger_number_stands_higher),
    ("svg", 'pen = "M"\n        else', "pass\n        else",
     lambda: test_svg.test_what_cannot_be_drawn_leaves_a_gap(math.nan)),
]  # fmt: skip


def found() -> object:
    return test_library.run("lr_find", steps="60", batch_size="32")


@pytest.fixture
def plant() -> Iterator[Callable[[str, str, str], None]]:
    """Runs a module's source again with one change, in the module itself; afterwards it is as it was."""
    saved = []

    def plant(name: str, old: str, new: str) -> None:
        module = importlib.import_module(f"cards.demos.{name}")
        source = Path(module.__file__).read_text()
        assert source.count(old) == 1, f"{old!r} does not stand there once"
        saved.append((module, dict(vars(module))))
        exec(compile(source.replace(old, new), module.__file__, "exec"), vars(module))
        registry.demos.cache_clear()

    yield plant
    for module, before in saved:
        vars(module).clear()
        vars(module).update(before)
    registry.demos.cache_clear()


@pytest.mark.parametrize(("module", "old", "new", "test"), FAULTS)
def test_a_fault_turns_its_test_red(plant, module: str, old: str, new: str, test: Callable[[], None]) -> None:
    plant(module, old, new)
    with pytest.raises(AssertionError):
        test()
