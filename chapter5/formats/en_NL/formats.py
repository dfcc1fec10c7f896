"""English words, dates and numbers as in the Netherlands."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
