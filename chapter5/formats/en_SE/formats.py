"""English words, dates and numbers as in Sweden."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
