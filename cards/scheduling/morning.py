"""When a mail of what is due may come: in the learner's morning, by the clock on their wall."""

NOON = 12
MORNING = range(5, NOON)  # the hours that can be chosen


def morning_begins(chosen_hour: int, rollover_hour: int) -> int:
    """From which hour on, until noon, it may come: from the chosen one, or the later one at which the study day begins.

    Before that it would be of the day that ends. A study day that begins in the afternoon is that of the day before.
    """
    return max(chosen_hour, rollover_hour) if rollover_hour < NOON else chosen_hour
