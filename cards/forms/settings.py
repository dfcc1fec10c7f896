"""What learners set for themselves."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import forms

from cards.appearance import APPEARANCE
from cards.forms.base import Form
from cards.forms.limits import limit_field
from cards.models.learners import DUE_ORDERS, NEW_PLACES, WEEKDAY_SHARES, time_zones
from cards.scheduling import MORNING, is_week

# Regions with the places in them. Names without a region, or of no place, come last.
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
OTHER = "Other"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All time zones by region: Europe: Amsterdam, … ; other names, such as UTC, as they are."""
    by_region = defaultdict(list)
    for name in sorted(time_zones()):
        region, _, place = name.partition("/")
        is_place = region in REGIONS
        label = place.replace("/", ", ") if is_place else name
        by_region[region if is_place else OTHER].append((name, label.replace("_", " ")))
    return [(region, by_region[region]) for region in (*REGIONS, OTHER)]


class SettingsForm(Form):
    """Where and when one's study day begins, what comes on it and in which order, easy days, the box for typing."""

    time_zone = forms.ChoiceField(choices=zone_choices, label="Time zone")
    rollover_hour = forms.TypedChoiceField(
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        label="Your study day begins at",
        help_text="What you learn before that hour belongs to the day before.",
    )
    new_per_day = limit_field(
        "New cards on one day, at most", "0 to learn nothing new for a while.", required=True
    )
    reviews_per_day = limit_field("Reviews on one day, at most", "Empty: all that are due.")
    due_order = forms.ChoiceField(choices=DUE_ORDERS, label="Due cards come")
    new_place = forms.ChoiceField(
        choices=NEW_PLACES, label="New cards come", help_text="Always in the order of their deck."
    )
    has_spreading = forms.BooleanField(
        required=False,
        label="Spread due days",
        help_text="What you learnt on one day then comes back on several: up to a tenth of its interval "
        "sooner or later, and never more than 14 days.",
    )
    has_answer_box = forms.BooleanField(required=False, label="Show a box for typing the answer")
    has_streak = forms.BooleanField(
        required=False,
        label="Show my streak of study days",
        help_text="One missed day in seven is forgiven, and days on which nothing was due do not count.",
    )
    leech_lapses = forms.IntegerField(
        min_value=0,
        max_value=99,
        label="Tell me of a card that I forgot so many times",
        help_text="And again after each half as many more. 0: never.",
    )
    has_digest = forms.BooleanField(
        required=False, label="Send me a mail in the morning when something is due"
    )
    digest_hour = forms.TypedChoiceField(
        coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in MORNING], label="Not before"
    )

    def __init__(self, *args: Any, initial: Mapping[str, Any], address: str = "", **kwargs: Any) -> None:
        """`address` is where a mail would go; "" where none can."""
        days = dict(zip(WEEKDAYS, initial["easy_days"], strict=True))
        super().__init__(*args, initial={**initial, **days}, **kwargs)
        if address:
            self.fields["has_digest"].help_text = f"One a day at most, to {address}; a link in it ends them."
        else:
            del self.fields["has_digest"], self.fields["digest_hour"]
        for name in WEEKDAYS:
            self.fields[name] = forms.ChoiceField(choices=WEEKDAY_SHARES, label=name.capitalize())

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
            raise forms.ValidationError("Leave one day as usual: the cards have to come on some day.")
        return data


class AppearanceForm(Form):
    """What changes of the appearance, the rest staying as it is; and where to go then."""

    next = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choice in APPEARANCE.items():
            self.fields[name] = forms.ChoiceField(choices=list(choice.values.items()), required=False)
