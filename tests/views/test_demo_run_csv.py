"""The numbers of a result, as a file."""

import csv
import io

import pytest

from cards.models import DemoResult
from tests.views.demo_runs import ask, done


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8"))))


def test_a_table_is_a_file_with_all_its_digits_and_no_formula(client_of, ada) -> None:
    run = done(ada)
    response = client_of(ada).get(f"{run.get_absolute_url()}1.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"] == 'attachment; filename="softmax_table-names.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert rows(response) == [["name", "share"], ["'=1+1", "0.123456789"], ["'@x", ""], ["été", "12"]]


def test_a_plot_is_a_file_of_its_numbers(client_of, ada) -> None:
    response = client_of(ada).get(f"{done(ada).get_absolute_url()}0.csv")
    assert response["Content-Disposition"] == 'attachment; filename="softmax_table-loss-rate.csv"'
    assert rows(response) == [["rate", "loss"], ["0.1", "2.5"], ["1.0", "0.125"], ["10.0", "-inf"]]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1 day", "@x", "\tx", "\rx"])
def test_no_text_begins_as_a_formula_does(client_of, ada, cell) -> None:
    run = done(ada)
    result = DemoResult.objects.get()
    result.parts[1] |= {"columns": [cell, "n"], "rows": [[cell, -1.5]]}
    result.save()
    assert rows(client_of(ada).get(f"{run.get_absolute_url()}1.csv")) == [
        ["'" + cell, "n"],
        ["'" + cell, "-1.5"],
    ]


@pytest.mark.parametrize("place", ["2", "3", "4", "-1", "x", "9" * 5000])
def test_what_is_no_table_is_not_found(client_of, ada, place) -> None:
    assert client_of(ada).get(f"{done(ada).get_absolute_url()}{place}.csv").status_code == 404


def test_a_run_without_a_result_has_no_file(client_of, ada) -> None:
    assert client_of(ada).get(f"{ask(ada).get_absolute_url()}0.csv").status_code == 404
