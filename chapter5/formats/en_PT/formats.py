"""English words, dates and numbers as in Portugal."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
