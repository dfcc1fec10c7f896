"""SM-2's arithmetic, as P. A. Wozniak published it in 1990, exact in integer hundredths.

Source: "Optimization of learning", 1990, section 3.2, algorithm SM-2.
"""

EASE_FLOOR_HUNDREDTHS = 130
MOST_INTERVAL_DAYS = 36_500
PASSING_QUALITY = 3
REPEATED_BELOW_QUALITY = 4


def ease_after(ease_hundredths: int, quality: int) -> int:
    """EF' = EF + (0.1 - (5-q)(0.08 + (5-q)0.02)), at least 1.30; unchanged where q < 3."""
    if quality < PASSING_QUALITY:
        return ease_hundredths
    missing = 5 - quality
    return max(EASE_FLOOR_HUNDREDTHS, ease_hundredths + 10 - missing * (8 + 2 * missing))


def interval_after(interval_days: int, repetitions: int, ease_hundredths: int) -> int:
    """I(1) = 1, I(2) = 6, I(n) = I(n-1) * EF, a fraction rounded up. In days, from 1 to 36,500.

    `repetitions` passes in a row lie behind, the last with the given interval; the ease is the new one.
    """
    if repetitions == 0:
        return 1
    if repetitions == 1:
        return 6
    return min(MOST_INTERVAL_DAYS, -(-interval_days * ease_hundredths // 100))
