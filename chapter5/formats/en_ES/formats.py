"""English words, dates and numbers as in Spain."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
