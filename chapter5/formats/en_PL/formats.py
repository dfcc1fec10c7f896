"""English words, dates and numbers as in Poland."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
