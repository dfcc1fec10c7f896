"""A study group for tests: its people, and a deck of two cards that is the group's own."""

from dataclasses import dataclass

from cards.models import Card, Deck, Learner, Membership, Role, StudyGroup
from tests import groups
from tests.conftest import make_learner

PEOPLE = ("owner", "editor", "member", "second", "viewer")


@dataclass
class Readers:
    """By name those of `PEOPLE`, each in the role of that name ("second" is another member)."""

    group: StudyGroup
    deck: Deck
    cards: list[Card]
    people: dict[str, Learner]

    def __getitem__(self, name: str) -> Learner:
        return self.people[name]

    def change(self, name: str, **fields: object) -> None:
        """Another role or status for one of them."""
        Membership.objects.filter(group=self.group, learner=self[name]).update(**fields)


def make_readers() -> Readers:
    people = {name: make_learner(name) for name in PEOPLE}
    group = groups.make_readers(people["owner"], cards=2)
    for name in PEOPLE[1:]:
        groups.let_join(group, people[name], Role.MEMBER if name == "second" else Role(name))
    deck = groups.deck_of(group)
    return Readers(group, deck, list(deck.cards.order_by("position")), people)
