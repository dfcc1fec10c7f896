"""How classes and shares are called where a demo has no data."""

import pytest

from cards.demos.classes import class_names, joined, share_of_all


def test_three_classes_are_the_bears_and_others_are_columns_counted_from_0() -> None:
    assert list(class_names(3)) == ["teddy", "grizzly", "brown"]
    assert [name.replace("\N{NO-BREAK SPACE}", " ") for name in class_names(2)] == ["class 0", "class 1"]
    assert joined(class_names(3)) == "teddy, grizzly, brown"
    assert joined(["teddy"]) == "teddy"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "practically 0%"), (0.00049, "practically 0%"), (0.0006, "0.1%"), (0.4319, "43.2%"),
        (0.9994, "99.9%"), (0.9996, "practically 100%"), (1.0, "practically 100%"),
    ],
)  # fmt: skip
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, said: str) -> None:
    assert share_of_all(share) == said
