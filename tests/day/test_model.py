"""The modelled day adds up, and docs/scaling.md says what it gives."""

from pathlib import Path

import pytest

from tests.day.model import CARDS, EVENT_BYTES, PEAK_HOUR, SESSIONS, STUDY, Needs, share_of_hour, size, table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"


def test_the_document_has_the_table_that_the_model_gives() -> None:
    assert table(1_000, 100_000, 10_000_000) in DOCUMENT.read_text()


def test_a_day_has_all_its_sessions() -> None:
    assert sum(map(share_of_hour, range(24))) == pytest.approx(1)
    assert max(range(24), key=share_of_hour) == PEAK_HOUR


def test_what_a_day_leaves_is_what_its_sessions_had() -> None:
    needs = Needs(1_000)
    assert needs.reviews == pytest.approx(1_000 * STUDY * SESSIONS * CARDS)
    assert needs.events == pytest.approx(365 * needs.reviews)
    assert needs.event_bytes == pytest.approx(needs.events * EVENT_BYTES)


@pytest.mark.parametrize("learners", [1_000, 100_000, 10_000_000])
def test_there_are_enough_cores_and_workers(learners: int) -> None:
    """Each is busy half the time at most, in the busiest hour."""
    from tests.day import model

    needs = Needs(learners)
    assert needs.requests_per_second * model.WEB_SECONDS <= needs.web_cores / 2
    assert needs.requests_per_second * model.DATABASE_SECONDS <= needs.database_cores / 2
    demos = needs.sessions * model.DEMOS * share_of_hour(PEAK_HOUR) / 3600
    assert demos * (1 - model.HEAVY) * model.LIGHT_SECONDS <= needs.light_workers / 2
    assert demos * model.HEAVY * model.HEAVY_SECONDS <= needs.heavy_workers / 2


def test_sizes_are_put_into_words() -> None:
    assert [size(999), size(1_500), size(2e9), size(3e15)] == ["999 B", "2 kB", "2 GB", "3,000 TB"]
