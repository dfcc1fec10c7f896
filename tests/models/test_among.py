"""What `among` finds is what `in` finds, alone and beside another condition."""

import pytest
from django.db.models import Q

from cards.models import Deck, Learner, StudyGroup


@pytest.fixture
def groups(ada: Learner) -> list[StudyGroup]:
    found = [StudyGroup.objects.create(name=name, created_at=ada.date_joined) for name in "abc"]
    for group in found:
        Deck.objects.create(name=f"of {group}", group=group, created_at=ada.date_joined)
    Deck.objects.create(name="hers", owner=ada, created_at=ada.date_joined)
    return found


def names(condition: Q) -> list[str]:
    return [deck.name for deck in Deck.objects.filter(condition)]


def test_it_finds_what_in_finds(ada: Learner, groups: list[StudyGroup]) -> None:
    some = StudyGroup.objects.filter(name__in="ab")
    assert names(Q(group__among=some)) == names(Q(group__in=some)) == ["of a", "of b"]
    assert names(Q(owner=ada) | Q(group__among=some)) == ["hers", "of a", "of b"]
    assert names(Q(pk__among=Deck.objects.filter(group__in=some).values("pk"))) == ["of a", "of b"]


def test_none_of_nothing(ada: Learner, groups: list[StudyGroup]) -> None:
    nothing = StudyGroup.objects.filter(name="z")
    assert names(Q(group__among=nothing)) == names(Q(group__among=StudyGroup.objects.none())) == []
    assert names(Q(owner=ada) | Q(group__among=StudyGroup.objects.none())) == ["hers"]


def test_not_among(groups: list[StudyGroup]) -> None:
    some = StudyGroup.objects.filter(name__in="ab")
    assert names(~Q(group__among=some)) == names(~Q(group__in=some))
