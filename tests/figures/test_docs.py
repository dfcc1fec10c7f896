"""docs/statistics.md names each figure, in their order."""

import re
from pathlib import Path

from cards.figures import FIGURES, figures
from cards.reports import Scope, Statistics
from tests.conftest import START


def test_the_document_names_each_figure(ada) -> None:
    text = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text()
    titles = [figure.title for figure in figures(Statistics(Scope(ada, START.date())))]
    assert re.findall(r"^\| ([^|]+) \| [a-z]", text, re.M)[1:] == titles
    assert len(titles) == len(FIGURES)
