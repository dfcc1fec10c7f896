"""What the figures say, of logs with known numbers: the sentence, the drawing, the table."""

import re
import xml.etree.ElementTree as ET

import pytest

from cards.actions.decks import leave_deck
from cards.figures import card_facts, facts, figure_named, figures, history
from cards.figures.figure import Figure
from cards.models import Deck, Learner
from cards.reports import Scope, Statistics, card_history
from cards.scheduling import Kind, Mode
from tests.conftest import START
from tests.reports.logs import DAY, Log

TODAY = START.date()


@pytest.fixture
def logs(ada: Learner, own: Deck) -> list[Log]:
    return [Log(ada, card) for card in own.cards.all()]


def statistics(learner: Learner, day: int = 0, deck: Deck | None = None) -> Statistics:
    return Statistics(Scope(learner, TODAY + day * DAY, deck))


def figure(learner: Learner, name: str, day: int = 0, deck: Deck | None = None) -> Figure:
    found = {each.name: each for each in figures(statistics(learner, day, deck))}
    return found[name]


def bars(figure: Figure) -> list[float]:
    """The heights of the bars that have one, as they are drawn in the wide size, in those of the highest."""
    (wide,) = (each for each in ET.fromstring(figure.svg) if "wide" in each.get("class").split())
    drawn = [
        each for each in wide.iter("rect") if each.get("height") != each.get("width")
    ]  # a key is a square
    heights = [float(each.get("height")) for each in drawn]
    return [round(height / max(heights), 2) for height in heights if height]


# --- empty ------------------------------------------------------------------------------------------------------------


def test_without_a_log_each_figure_says_what_is_missing_and_has_no_table(ada, own) -> None:
    found = {each.name: each for each in figures(statistics(ada))}
    learning = found.pop("learning")
    assert all(each.finding and not each.svg and not each.rows for each in found.values())
    assert all(figure_named(statistics(ada), name) is None for name in found)
    assert learning.finding.startswith("No new card came in the last four weeks")
    assert figure(ada, "learning", deck=own).finding == "No card of this deck is learnt yet."
    for deck in (own, Deck.objects.get(name="Shared deck")):
        leave_deck(learner=ada, deck=deck)
    assert figure(ada, "learning").finding == "You study no deck that has cards."


def test_a_name_of_no_figure_finds_none(ada) -> None:
    assert figure_named(statistics(ada), "nothing") is None


def test_each_is_of_that_name_has_ids_of_its_own_and_a_row_for_each_cell(ada, logs) -> None:
    for log in logs[:9]:
        log.grade(28, answer_seconds=5).grade(29).replay()
    found = figures(statistics(ada, 30))
    assert len({each.name for each in found}) == len(found) == 9
    ids = re.findall(r' id="([^"]*)"', "".join(each.svg for each in found))
    assert len(ids) == len(set(ids)) == 18
    for each in found:
        assert each.rows, each.name
        assert len(each.rows) == len(each.shown)
        assert {len(row) for row in [*each.rows, *each.shown]} == {len(each.columns)}
        assert figure_named(statistics(ada, 30), each.name) == each


# --- the year behind --------------------------------------------------------------------------------------------------


def test_the_days_are_told_with_their_fullest(ada, logs) -> None:
    logs[0].grade(0, answer_seconds=30).grade(0, "A", Mode.PRACTICE, answer_seconds=60)
    logs[1].grade(0, "A", answer_seconds=15).grade(0, "G", Mode.REPEAT, answer_seconds=15)
    logs[1].grade(1)
    found = figure(ada, "days", 1)
    assert found.finding == (
        "You answered 5 cards on 2 days of the last 365, in about 2 minutes. "
        "The fullest day was 2 March 2026, with 4."
    )
    assert found.columns == ["Day", "Reviews", "Repeats", "Practice", "Minutes"]
    assert found.rows == [["2026-03-02", 2, 1, 1, 2.0], ["2026-03-03", 1, 0, 0, 0.0]]
    assert found.shown[0] == ["2 March 2026", "2", "1", "1", "2"]
    assert found.numeric == [2, 3, 4, 5]


def test_a_first_day_has_no_rival(ada, logs) -> None:
    logs[0].grade(0)
    assert figure(ada, "days").finding == "You answered 1 card on 1 day of the last 365."


def test_the_fullest_hour_is_told(ada, logs) -> None:
    for n, hour in enumerate((7, 20, 20)):
        logs[n].grade(0, at=START.replace(hour=hour))
    found = figure(ada, "hours")
    assert found.finding == "67 % of a year’s answers fall between 20:00 and 21:00."
    assert bars(found) == [0.5, 1.0]
    assert found.rows[20] == ["20:00", 2]
    assert len(found.rows) == 24


def test_the_seconds_are_told_by_their_middle_and_their_mean(ada, logs) -> None:
    for log, seconds in zip(logs, [4, 5, 9, 400, None], strict=False):
        log.grade(0, answer_seconds=seconds)
    found = figure(ada, "seconds")
    assert found.finding == (
        "Half of your answers take 5 seconds or less, the mean is 104: a hundred cards take about 3 hours."
    )
    assert bars(found) == [0.5, 1.0, 0.5]
    assert found.rows == [[4, 1], [5, 1], [9, 1], [400, 1]]


# --- the days ahead ---------------------------------------------------------------------------------------------------


def test_the_load_of_each_day_is_told(ada, logs) -> None:
    for log in logs[:20]:
        log.grade(0, answer_seconds=30).replay()
    found = figure(ada, "ahead", 2)
    assert found.finding == (
        "80 reviews in the next 90 days, about 40 minutes. The fullest day is 4 March 2026, with 20. "
        "20 cards are overdue, and stand with today’s."
    )
    assert found.rows[0] == ["2026-03-04", 20, 0, 10.0]
    assert [row[1:3] for row in found.rows if row[1] or row[2]] == [[20, 0], [0, 20], [0, 20], [0, 20]]
    assert len(found.rows) == 90
    assert bars(found) == [1.0] * 5  # today's twice: all that come, and before them those that are due


def test_a_load_of_one_and_more_is_told_by_the_day(ada, logs) -> None:
    for log in logs:
        log.grade(0, answer_seconds=20).replay()
    assert figure(ada, "ahead").finding.startswith("1.3 reviews a day in the next 90 days, about 27 seconds.")


def test_of_a_pace_that_is_not_known_yet_nothing_is_said(ada, logs) -> None:
    for log in logs[:19]:
        log.grade(0, answer_seconds=20).replay()
    found = figure(ada, "ahead")
    assert found.finding.startswith("76 reviews in the next 90 days. The fullest day is ")
    assert found.columns == ["Day", "Due", "Coming again"]


def test_the_deck_that_is_learnt_next_is_told(ada, logs) -> None:
    for log in logs[:12]:
        log.grade(0).replay()
    found = figure(ada, "learning")
    assert found.finding == (
        "At this pace Ada's is learnt in 2 days, on 4 March 2026: 18 of 30 cards are left, and 12.0 come a day."
    )
    assert found.rows == [["Ada's", 30, 12, 12.0, 2, "2026-03-04"], ["Shared deck", 3, 0, 0.0, "", ""]]
    assert found.shown[0][-1] == "4 March 2026"
    assert bars(found) == [1.0]


def test_decks_that_are_learnt_and_decks_without_a_pace_are_told(ada, logs) -> None:
    leave_deck(learner=ada, deck=Deck.objects.get(name="Shared deck"))
    logs[0].grade(0).replay()
    assert figure(ada, "learning", 60).finding.startswith("No new card came in the last four weeks")
    for log in logs[1:]:
        log.grade(0).replay()
    assert figure(ada, "learning").finding == "Each of your decks is learnt."
    assert figure(ada, "learning").svg == ""


def test_one_deck_is_told_as_a_line_that_goes_on_at_its_pace(ada, own, logs) -> None:
    for n, log in enumerate(logs[:10]):
        log.grade(n // 5).replay()
    found = figure(ada, "learning", 1, own)
    assert found.finding.startswith("At this pace Ada's is learnt in 4 days, on 7 March 2026: 20 of 30 cards")
    assert found.rows == [["2026-03-02", 5, 5], ["2026-03-03", 5, 10]]
    (wide,) = (each for each in ET.fromstring(found.svg) if "wide" in each.get("class").split())
    lines = [each.get("d") for each in wide.iter("path") if "line" in each.get("class")]
    learnt, ahead = ([float(y) for y in re.findall(r",([\d.]+)", d)] for d in lines[:2])
    assert learnt[-1] == ahead[0]
    assert ahead[1] < ahead[0]
    assert figure(ada, "learning", 99, own).finding.startswith("20 of 30 cards are left. No new card came")
    for log in logs[10:]:
        log.grade(2).replay()
    assert figure(ada, "learning", 2, own).finding == "All of the 30 cards of Ada's are learnt."


# --- what stays -------------------------------------------------------------------------------------------------------


def test_retention_is_told_by_month(ada, logs) -> None:
    """Good all the way: reviews of something learnt on days 1, 7, 22 (young), 60 (mature)."""
    logs[0].grades("GGGGG")
    logs[1].grades("GA")
    found = figure(ada, "months", 70)
    assert found.finding == "You recalled 80 % of 5 cards: 75 % of the young and 100 % of the mature ones."
    assert [row[0] for row in found.rows] == ["2026-03", "2026-04", "2026-05"]
    assert found.rows[0][1:] == [3, 4, 75.0, 0, 0, "", 75.0]
    assert found.rows[1][1:] == [0, 0, "", 0, 0, "", ""]
    assert found.rows[2][1:] == [0, 0, "", 1, 1, 100.0, 100.0]
    assert bars(found) == [0.75, 1.0]


def test_retention_of_one_kind_alone_is_told(ada, logs) -> None:
    logs[0].grades("GGG")
    assert figure(ada, "months", 8).finding == "You recalled 100 % of 2 cards; none was mature yet."
    logs[0].grades("GG")
    assert figure(ada, "months", 60 + 400).finding == "No card came back in the last twelve months."
    assert figure(ada, "months", 60 + 330).finding == "You recalled 100 % of 1 card; all were mature."


def test_retention_is_told_by_week_and_held_against_the_weeks_before(ada, logs) -> None:
    logs[0].grade(0).grade(1).grade(7).grade(29, "A")
    found = figure(ada, "weeks", 30)
    assert found.finding == "In the last four weeks it was 50 % of 2 cards, in the four before 100 %."
    weeks = [row[0] for row in found.rows]
    assert weeks == ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    assert [row[2] for row in found.rows] == [1, 1, 0, 0, 1]
    assert figure(ada, "weeks", 99).finding == "No card came back in the last four weeks."


def test_a_week_begins_on_monday(ada, logs) -> None:
    logs[0].grade(0).grade(6)
    logs[1].grade(0).grade(7)
    assert [row[2] for row in figure(ada, "weeks", 8).rows] == [1, 1]


def test_intervals_and_e_factors_are_told_by_their_middle(ada, logs) -> None:
    for log, letters in zip(logs, ["A", "GG", "GGG", "GGGG", "H" * 9], strict=False):
        log.grades(letters)
    found = figure(ada, "intervals")
    assert [row[0] for row in found.rows] == sorted(log.replay().interval_days for log in logs[:5])
    assert found.finding == "2 of 5 learnt cards are mature. Half have an interval of 15 days or less."
    assert bars(found) == [1.0] * 5
    found = figure(ada, "eases")
    assert (
        found.finding == "Half of the cards have an E-Factor of 2.50 or less. 1 card is at the floor, 1.30."
    )
    assert found.rows == [[1.3, 1], [2.5, 4]]
    logs[4].add(logs[4].day, Kind.RESTARTED).replay()
    assert figure(ada, "eases").finding.endswith("None is at the floor, 1.30.")


# --- what they come to ------------------------------------------------------------------------------------------------


def test_a_few_facts_stand_above_them(ada, logs) -> None:
    logs[0].grade(0).grade(1).grade(7, "A").replay()
    assert facts(statistics(ada, 7)) == [
        ("Learnt", "1 card"), ("Recalled", "50 %"), ("Studied", "3 days"), ("Ahead", "0.1 a day"),
        ("Streak", "3 days"),
    ]  # fmt: skip
    assert len(facts(statistics(ada, 7, logs[0].card.deck))) == 4  # a streak is of all that one studies


# --- one card ---------------------------------------------------------------------------------------------------------


def test_a_card_that_was_never_reviewed_has_nothing_but_what_happened_to_it(ada, logs) -> None:
    logs[0].add(0, Kind.SUSPENDED).replay()
    found = card_history(ada, logs[0].card)
    told = history(found, TODAY)
    assert (told.finding, told.svg) == ("You have not reviewed this card yet.", "")
    assert told.rows == [["2026-03-02", "10:00", "suspended", 0, 2.5, ""]]
    assert card_facts(found, ada.schedules.get()) == []


def test_a_cards_history_is_told_event_by_event(ada, logs) -> None:
    log = logs[0]
    log.grade(0, "H", answer_seconds=100).grade(0, "G", Mode.REPEAT).grade(1, answer_seconds=20)
    log.grade(3, "E", Mode.PRACTICE).void(4).grade(7, "A").add(8, Kind.RESTARTED)
    found = card_history(ada, log.card)
    assert [row[2] for row in history(found, TODAY).rows] == [
        "Hard", "Good, repeat", "Good", "Easy, practice, undone", "undo", "Again", "restarted"
    ]  # fmt: skip
    assert [row[3] for row in history(found, TODAY).rows] == [1, 1, 6, 6, 6, 1, 0]
    assert history(found, TODAY + 9 * DAY).finding == (
        "You first reviewed it on 2 March 2026. It came back 2 times, and you recalled it 1 time."
    )


def test_the_facts_of_a_card_are_those_of_its_schedule_and_its_answers(ada, logs) -> None:
    log = logs[0]
    log.grade(0, "G", answer_seconds=100).replay()
    own = ada.schedules.get()
    assert history(card_history(ada, log.card), TODAY).finding.endswith("it has not come back since.")
    assert card_facts(card_history(ada, log.card), own)[:3] == [
        ("Interval", "1 day"), ("E-Factor", "2.50"), ("Lapses", "0")
    ]  # fmt: skip
    log.grade(1, "A", answer_seconds=20).replay()
    told = dict(card_facts(card_history(ada, log.card), ada.schedules.get()))
    assert told == {
        "Interval": "1 day", "E-Factor": "2.50", "Lapses": "1", "Recalled": "0 of 1", "An answer": "60 seconds",
        "In all": "2 minutes",
    }  # fmt: skip


def test_parts_are_lines_of_their_own(ada, logs) -> None:
    logs[0].grades("GG")
    Log(ada, logs[0].card, part=1).grade(0).grade(1)
    told = history(card_history(ada, logs[0].card), TODAY + 9 * DAY)
    assert "part 1" in told.svg
    assert told.svg.count('class="line ') >= 4


def test_the_page_of_a_year_of_days_stays_small(ada, logs) -> None:
    """A year of days is a few kilobytes."""
    for day in range(300):
        logs[day % 30].grade(day)
    assert len(figure(ada, "days", 300).svg) < 30_000
