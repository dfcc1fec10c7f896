"""What learners set for themselves."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from cards.appearance import APPEARANCE
from cards.forms.base import Form
from cards.forms.limits import limit_field
from cards.models.learners import DUE_ORDERS, NEW_PLACES, WEEKDAY_SHARES, time_zones
from cards.regions import REGIONS, tag
from cards.scheduling import MORNING, is_week

# The regions of the zone database, with the places in them. Names without a region, or of no place, come last.
ZONE_REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian"),
    "Pacific": _("Pacific"),
}
OTHER = _("Other")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_choices() -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """All time zones by region: Europe: Amsterdam, … ; other names, such as UTC, as they are."""
    by_region = defaultdict(list)
    for name in sorted(time_zones()):
        region, _slash, place = name.partition("/")
        is_place = region in ZONE_REGIONS
        label = place.replace("/", ", ") if is_place else name
        by_region[region if is_place else ""].append((name, label.replace("_", " ")))
    return [(label, by_region[region]) for region, label in (*ZONE_REGIONS.items(), ("", OTHER))]


def language_choices() -> list[tuple[str, str | Promise]]:
    """The browser's, or one of those that there are."""
    return [("", _("As the browser asks for")), *settings.LANGUAGES]


def region_choices() -> list[tuple[str, str | Promise]]:
    """The browser's, or one of those that there are, each with what it makes of a day and a number."""
    day, number, words = date(2026, 11, 28), 1234.5, (get_language() or "").partition("-")[0]
    shown: list[tuple[str, str | Promise]] = []
    for region, name in REGIONS.items():
        with override(tag(words, region)):
            shown.append(
                (region, f"{name}: {date_format(day)}, {number_format(number, force_grouping=True)}")
            )
    return [("", _("As the browser asks for")), *shown]


class PlaceForm(Form):
    """The language of the words, where there are several, and the region whose dates and numbers are written."""

    language = forms.ChoiceField(required=False, choices=language_choices, label=_("Words"))
    region = forms.ChoiceField(
        required=False,
        choices=region_choices,
        label=_("Dates and numbers"),
        help_text=_("The words stay as they are."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]


class SettingsForm(PlaceForm):
    """Where and when one's study day begins, what comes on it and in which order, easy days, the box for typing."""

    time_zone = forms.ChoiceField(choices=zone_choices, label=_("Time zone"))
    rollover_hour = forms.TypedChoiceField(
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        label=_("Your study day begins at"),
        help_text=_("What you learn before that hour belongs to the day before."),
    )
    new_per_day = limit_field(
        _("New cards on one day, at most"), _("0 to learn nothing new for a while."), required=True
    )
    reviews_per_day = limit_field(_("Reviews on one day, at most"), _("Empty: all that are due."))
    due_order = forms.ChoiceField(choices=DUE_ORDERS, label=_("Due cards come"))
    new_place = forms.ChoiceField(
        choices=NEW_PLACES, label=_("New cards come"), help_text=_("Always in the order of their deck.")
    )
    has_siblings = forms.BooleanField(
        required=False,
        label=_("Ask all gaps of a card on one day"),
        help_text=_("Else one number of its gaps a day, so that none gives another away."),
    )
    has_spreading = forms.BooleanField(
        required=False,
        label=_("Spread due days"),
        help_text=_(
            "What you learnt on one day then comes back on several: up to a tenth of its interval "
            "sooner or later, and never more than 14 days."
        ),
    )
    has_answer_box = forms.BooleanField(required=False, label=_("Show a box for typing the answer"))
    has_streak = forms.BooleanField(
        required=False,
        label=_("Show my streak of study days"),
        help_text=_("One missed day in seven is forgiven, and days on which nothing was due do not count."),
    )
    leech_lapses = forms.IntegerField(
        min_value=0,
        max_value=99,
        label=_("Tell me of a card that I forgot so many times"),
        help_text=_("And again after each half as many more. 0: never."),
    )
    has_digest = forms.BooleanField(
        required=False, label=_("Send me a mail in the morning when something is due")
    )
    digest_hour = forms.TypedChoiceField(
        coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in MORNING], label=_("Not before")
    )
    has_digest_notices = forms.BooleanField(required=False, label=_("List in it what is unread in my inbox"))

    def __init__(self, *args: Any, initial: Mapping[str, Any], address: str = "", **kwargs: Any) -> None:
        """`address` is where a mail would go; "" where none can."""
        days = dict(zip(WEEKDAYS, initial["easy_days"], strict=True))
        super().__init__(*args, initial={**initial, **days}, **kwargs)
        if address:
            self.fields["has_digest"].help_text = gettext(
                "One a day at most, to %(address)s; a link in it ends them."
            ) % {"address": address}
        else:
            for name in ("has_digest", "digest_hour", "has_digest_notices"):
                del self.fields[name]
        for name, label in zip(WEEKDAYS, WEEKDAY_NAMES.values(), strict=True):
            self.fields[name] = forms.ChoiceField(choices=WEEKDAY_SHARES, label=capfirst(label))

    @property
    def weekdays(self) -> list[forms.BoundField]:
        """One field for each."""
        return [self[name] for name in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        """The weekdays become one value, as a learner has it."""
        data = super().clean() or self.cleaned_data
        shares = [data.pop(name, "") for name in WEEKDAYS]
        data["easy_days"] = "".join(shares)
        if all(shares) and not is_week(data["easy_days"]):
            raise forms.ValidationError(_("Leave one day as usual: the cards have to come on some day."))
        return data


class AppearanceForm(Form):
    """What changes of the appearance, the rest staying as it is; and where to go then."""

    next = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choice in APPEARANCE.items():
            self.fields[name] = forms.ChoiceField(choices=list(choice.values.items()), required=False)
        for name, fields in (("language", settings.LANGUAGES), ("region", REGIONS.items())):
            self.fields[name] = forms.ChoiceField(choices=[("", ""), *fields], required=False)
