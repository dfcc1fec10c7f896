"""How dates are written among English words, where the region, a folder beside this one, does not say otherwise.

Those that Django does not know are for `{{ day|date:"WEEKDAY_FORMAT" }}` and `date_format`.
"""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j F"
MONTH_DAY_TIME_FORMAT = "j F, H:i"
SHORT_MONTH_DAY_FORMAT = "j M"
WEEKDAY_FORMAT = "l, j F"
SHORT_WEEKDAY_FORMAT = "D j M"
