"""Which list of the day the next card is taken from."""

import pytest

from cards.scheduling import NewPlace, QueueCounts, Turn, next_turn


def day(due: int, new: int, place: NewPlace, repeats: int = 0) -> str:
    """The day's turns, by their first letters; the first `repeats` graded cards come again."""
    turns = ""
    counts, introduced = QueueCounts(due=due, new=new), 0
    while turn := next_turn(counts, introduced, place):
        turns += turn[0]
        introduced += turn is Turn.NEW
        done, repeat = counts.done, counts.repeat
        if turn is Turn.REPEAT:
            repeat -= 1
        else:
            repeat += done < repeats
            done += 1
        counts = QueueCounts(done, counts.due - (turn is Turn.DUE), counts.new - (turn is Turn.NEW), repeat)
    return turns


@pytest.mark.parametrize(
    ("place", "turns"),
    [(NewPlace.AFTER, "dddnnr"), (NewPlace.LAST, "dddrnn"), (NewPlace.MIXED, "dndndr")],
)
def test_new_cards_come_where_the_learner_wants_them(place: NewPlace, turns: str) -> None:
    assert day(3, 2, place, repeats=1) == turns


@pytest.mark.parametrize(
    ("due", "new", "turns"),
    [(6, 3, "dnddnddnd"), (2, 6, "dnnndnnn"), (3, 0, "ddd"), (0, 2, "nn"), (1, 1, "dn"), (0, 0, "")],
)
def test_mixed_is_in_proportion(due: int, new: int, turns: str) -> None:
    assert day(due, new, NewPlace.MIXED) == turns
