"""English words, dates as in Japan: from the largest to the smallest."""

DATE_FORMAT = "Y F j"
DATETIME_FORMAT = "Y F j, H:i"
MONTH_DAY_FORMAT = "F j"
MONTH_DAY_TIME_FORMAT = "F j, H:i"
SHORT_MONTH_DAY_FORMAT = "M j"
WEEKDAY_FORMAT = "F j, l"
SHORT_WEEKDAY_FORMAT = "M j, D"
