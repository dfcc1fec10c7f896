"""English words, dates and numbers as in France."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
