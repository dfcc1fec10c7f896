"""The tables. Reads are QuerySet methods that say the domain word; writes are in cards.actions."""

from cards.models.append_only import AppendOnly
from cards.models.decks import Card, Deck, Enrolment
from cards.models.demo_runs import DemoPicture, DemoResult, DemoRun, DemoWorker
from cards.models.learners import Learner
from cards.models.pictures import Picture
from cards.models.revisions import Flag, Revision, Suggestion
from cards.models.search import SavedSearch
from cards.models.study import Schedule, StudyEvent, StudySettings

__all__ = [
    "AppendOnly",
    "Card",
    "Deck",
    "DemoPicture",
    "DemoResult",
    "DemoRun",
    "DemoWorker",
    "Enrolment",
    "Flag",
    "Learner",
    "Picture",
    "Revision",
    "SavedSearch",
    "Schedule",
    "StudyEvent",
    "StudySettings",
    "Suggestion",
]
