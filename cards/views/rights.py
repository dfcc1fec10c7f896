"""Asks for a right on behalf of a view: what somebody may not do is not there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404
from django.shortcuts import get_object_or_404

from cards.actions import groups
from cards.actions.study import NotYours
from cards.http import Request
from cards.models import Deck, Learner, Right, StudyGroup


def account_of(request: Request) -> Learner:
    """Whose account asks. Raises Http404 for a guest and for nobody: they are in no group."""
    if request.learner is None or request.learner.is_guest:
        raise Http404
    return request.learner


def group_of(request: Request, group_id: int, right: Right) -> StudyGroup:
    """The group, where whoever asks has that right in it. Raises Http404."""
    return get_object_or_404(StudyGroup.objects.allowing(request.learner, right), pk=group_id)


@contextmanager
def editing(request: Request, *decks: Deck) -> Iterator[None]:
    """What is written inside is written as long as whoever asks may edit these decks; else Http404, and nothing is.

    The deck was asked for as one that they may edit; who takes that away in the same moment comes before, or waits.
    """
    try:
        with groups.editing(learner=request.learner, decks=decks):
            yield
    except NotYours:
        raise Http404 from None
