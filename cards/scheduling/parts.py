"""Which parts of a card come on a study day: one alone, unless the learner wants all that are due or new.

Without that wish, what is studied of a card on a day is the part that was done already, if it comes again; else the
longest due; else the first new one. The others wait.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from cards.scheduling.queue import Turn
from cards.scheduling.state import NEW, State


def parts_today(
    parts: Collection[int], states: Mapping[int, State], today: date, *, together: bool = False
) -> dict[Turn, int]:
    """The part that comes next from each of the day's lists, where one does; from one list at most unless `together`.

    `parts` are those that the card has; `states` has also those that it had once.
    """
    own = {part: states.get(part, NEW) for part in parts}
    awake = {part: state for part, state in own.items() if not _is_away(state, today)}
    lists: dict[Turn, list[tuple[object, int]]] = {
        Turn.REPEAT: [(each.graded_at, part) for part, each in awake.items() if each.repeat_on == today],
        Turn.DUE: [
            (each.due_on, part)
            for part, each in awake.items()
            if each.due_on and each.due_on <= today and not _is_done(each, today)
        ],
        Turn.NEW: [(part, part) for part, each in awake.items() if each.is_new],
    }
    if any(_is_away(state, today) for state in states.values()):
        lists[Turn.NEW] = []  # what the learner put away brings nothing new, whatever is written into it
    if not together:
        if lists[Turn.REPEAT] or any(_is_done(state, today) for state in states.values()):
            lists[Turn.DUE] = lists[Turn.NEW] = []
        if lists[Turn.DUE]:
            lists[Turn.NEW] = []
    return {turn: min(found)[1] for turn, found in lists.items() if found}  # type: ignore[type-var]


def days_apart(due: Iterable[date], first: date) -> list[date]:
    """On which days a card's parts come that are due on these days, from the day `first` on: the longest due first, one
    a day."""
    days: list[date] = []
    for due_on in sorted(due):
        days.append(max(due_on, days[-1] + timedelta(days=1) if days else first))
    return days


def _is_away(state: State, today: date) -> bool:
    return state.is_suspended or state.skipped_on == today


def _is_done(state: State, today: date) -> bool:
    return state.counted_on is not None and state.counted_on >= today
