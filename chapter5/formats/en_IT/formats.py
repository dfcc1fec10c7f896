"""English words, dates and numbers as in Italy."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
