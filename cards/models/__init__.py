"""The tables. Reads are QuerySet methods that say the domain word; writes are in cards.actions."""

from cards.models import among  # noqa: F401  (it registers its lookups)
from cards.models.append_only import AppendOnly
from cards.models.decks import Card, Deck, Enrolment
from cards.models.demo_runs import DemoPicture, DemoResult, DemoRun, DemoWorker
from cards.models.discussions import Comment, Note, Report
from cards.models.groups import Assignment, Following, Invite, Membership, Right, Role, StudyGroup
from cards.models.learners import Learner
from cards.models.notices import Notice
from cards.models.pictures import Picture
from cards.models.revisions import Flag, Revision, Suggestion, SuggestionComment
from cards.models.search import SavedSearch
from cards.models.study import Schedule, StudyEvent, StudySettings

__all__ = [
    "AppendOnly",
    "Assignment",
    "Card",
    "Comment",
    "Deck",
    "DemoPicture",
    "DemoResult",
    "DemoRun",
    "DemoWorker",
    "Enrolment",
    "Flag",
    "Following",
    "Invite",
    "Learner",
    "Membership",
    "Note",
    "Notice",
    "Picture",
    "Report",
    "Revision",
    "Right",
    "Role",
    "SavedSearch",
    "Schedule",
    "StudyEvent",
    "StudyGroup",
    "StudySettings",
    "Suggestion",
    "SuggestionComment",
]
