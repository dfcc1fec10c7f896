"""Leeches: cards that are forgotten again and again. They cost more time than they are worth as they are."""

LEECH_LAPSES = 8  # unless a learner sets another limit


def is_leech(lapses: int, limit: int) -> bool:
    """Whether a card with so many lapses is one. By a limit of 0 none is."""
    return 0 < limit <= lapses


def is_told(lapses: int, limit: int) -> bool:
    """Whether the last of so many lapses is one to tell of: that which makes a leech, and each half a limit later."""
    return is_leech(lapses, limit) and (lapses - limit) % -(-limit // 2) == 0
