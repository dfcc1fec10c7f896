"""The pictures of a result."""

import pytest

from tests.views.demo_runs import PNG, ask, done


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def test_a_picture_is_what_was_computed_kept_by_ones_own_browser_alone(client_of, ada) -> None:
    response = client_of(ada).get(f"{done(ada).get_absolute_url()}pictures/0.png")
    assert response.content == PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("place", ["1", "99999999", "-1", "x", "9" * 5000])
def test_one_that_is_not_there_is_not_found(client_of, ada, place) -> None:
    assert client_of(ada).get(f"{done(ada).get_absolute_url()}pictures/{place}.png").status_code == 404


def test_a_run_without_a_result_has_none(client_of, ada) -> None:
    assert client_of(ada).get(f"{ask(ada).get_absolute_url()}pictures/0.png").status_code == 404
