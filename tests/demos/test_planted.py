"""Faults, planted in our own code, turn the tests red: each is one change of one line."""

import importlib
import math
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cards.demos import registry
from tests.demos import test_axis, test_memory, test_svg
from tests.demos.library import test_cycles
from tests.demos.library.conftest import loaded  # noqa: F401  (for the faults in what needs torch)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fastai's

DRAWING = [
    ("axis", 'math.log10(value) if scale == "log" else value', "value",
     test_svg.test_equal_factors_are_equal_distances_on_a_log_axis),
    ("axis", "[place * step for place in range(first, last + 1)]", "[place * step for place in range(first, last)]",
     test_axis.test_a_loose_axis_holds_all_its_numbers),
    ("svg", "self.bottom + (self.top - self.bottom)", "self.top + (self.bottom - self.top)",
     test_svg.test_a_larger_number_stands_higher),
    ("svg", 'pen = "M"\n        else', "pass\n        else",
     lambda: test_svg.test_what_cannot_be_drawn_leaves_a_gap(math.nan)),
]  # fmt: skip
# Those in a demo stand at the end of the demo's own tests.
TESTS = {
    one.slug: importlib.import_module(f"tests.demos.library.test_{one.slug}") for one in registry.demos()
}
# What several demos share is found by its own tests, or by those of one of them.
SHARED = [
    ("memory", "return tensor.detach()", "return tensor", test_memory.test_nothing_is_left_of_what_was_kept),
    ("memory", "if storage.data_ptr() not in own:", "if True:",
     test_memory.test_what_each_layer_needs_on_the_way_back_is_counted_once_and_no_weight_is),
    ("warps", "[1, -4, 1]", "[1, 4, 1]",
     lambda: TESTS["presizing"].test_both_ways_are_what_numpy_makes_of_the_photo(20, 1.2)),
    ("cycles", "- 2 * cycle - 1", "- 2 * cycle - 0.5", test_cycles.test_the_triangular_policy_is_the_papers),
    ("cycles", "if cycling > max(", "if cycling < max(", test_cycles.test_the_finding_is_true_whichever_is_ahead),
    ("tried_rates", "losses.index(min(losses)), losses.index(max(losses))",
     "losses.index(max(losses)), losses.index(min(losses))",
     lambda: TESTS["lr_find"].test_what_is_said_of_the_trainings_is_true_whatever_comes_out()),
    ("tried_rates", "        seeded(seed)  # the same", "        # the same",
     lambda: TESTS["lr_find"].test_a_training_at_a_rate_comes_to_what_it_says(Path(tempfile.gettempdir()))),
]  # fmt: skip
FAULTS = (
    DRAWING
    + SHARED
    + [(f"library.{slug}", *fault) for slug, tests in TESTS.items() for fault in tests.FAULTS]
)


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


def test_each_demo_names_a_fault_that_its_tests_find() -> None:
    assert all(tests.FAULTS for tests in TESTS.values())
