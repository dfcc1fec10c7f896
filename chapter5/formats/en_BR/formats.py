"""English words, dates and numbers as in Brazil."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
