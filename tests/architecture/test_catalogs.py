"""A language is offered when its catalog is whole."""

import pytest
from django.conf import settings

from tests.pseudo import holes, own

CATALOG = """
msgid "One"
msgstr "Eins"

#, fuzzy
msgid "Two"
msgstr "Zwo"

msgid ""
"Th"
"ree"
msgstr ""

msgid "%(n)s card"
msgid_plural "%(n)s cards"
msgstr[0] "%(n)s Karte"
msgstr[1] "%(n)s Karten"
"""


def test_what_is_missing_in_doubt_or_empty_is_a_hole() -> None:
    assert holes(CATALOG, ["One", "Two", "Three", "Four", "%(n)s card", "%(n)s cards"]) == {
        "Two",
        "Three",
        "Four",
    }


def test_what_is_marked_is_collected_of_python_and_of_templates() -> None:
    assert {"Saved.", "Groups", "%(number)s person", "%(number)s people", "Save and write another"} <= own()


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_each_language_but_that_of_the_texts_has_a_whole_catalog(language: str) -> None:
    if language != "en":
        path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES/django.po"
        assert holes(path.read_text(), own()) == set()
