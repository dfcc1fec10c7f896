"""Searches that learners keep."""

from datetime import datetime

from django.db import IntegrityError, transaction

from cards.models import Learner, SavedSearch

MOST_SAVED = 100


class NameTaken(Exception):
    """The learner has another search of that name."""


class TooMany(Exception):
    """The learner keeps as many searches as one may."""


def save_search(*, learner: Learner, name: str, query: str, now: datetime) -> SavedSearch:
    """Keeps a search. The very same one, kept before, is that one.

    Raises NameTaken where another has the name, TooMany beyond 100.
    """
    same = learner.saved_searches.filter(name=name).first()
    if same is None:
        if learner.saved_searches.count() >= MOST_SAVED:
            raise TooMany
        same, _ = SavedSearch.objects.get_or_create(
            learner=learner, name=name, defaults={"query": query, "created_at": now}
        )
    if same.query != query:
        raise NameTaken
    return same


def change_search(*, search: SavedSearch, name: str, query: str) -> None:
    """Renames a search, or makes it look for something else. Raises NameTaken."""
    search.name, search.query = name, query
    try:
        with transaction.atomic():
            search.save(update_fields=["name", "query"])
    except IntegrityError:
        raise NameTaken from None


def delete_search(*, search: SavedSearch) -> None:
    """Forgets it. The cards that it finds are untouched."""
    search.delete()


def move_searches(*, guest: Learner, into: Learner) -> None:
    """A guest's searches become the account's; one whose name is taken there gets a number, the same one goes."""
    own = dict(into.saved_searches.values_list("name", "query"))
    for search in guest.saved_searches.all():
        if own.get(search.name) == search.query:
            continue
        search.learner, search.name = into, _free(search.name, own)
        own[search.name] = search.query
        search.save(update_fields=["learner", "name"])


def _free(name: str, taken: dict[str, str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[:70]} {number}"
    return free
