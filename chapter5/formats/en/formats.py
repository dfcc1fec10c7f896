"""How Django writes dates and instants where a template does not say: as our templates do."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
