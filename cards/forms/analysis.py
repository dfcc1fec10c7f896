"""Of whom an item analysis is, and how it is sorted."""

from django import forms

from cards.forms.decks import PageForm
from cards.reports.analysis import ORDERS


class AnalysisForm(PageForm):
    """Of a group, where one is named; by which column; which page."""

    group = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    sort = forms.ChoiceField(choices=[(name, name) for name in ORDERS], required=False)
