"""One stem goes through everything: a route's name is its view's, its page's template's, and its test's.

`cards:deck_new` = `views/decks.py::deck_new` = `templates/decks/deck_new.html` = `tests/views/test_deck_new.py`.
What deviates stands in a table here, with its reason.
"""

import re
from importlib import import_module
from pathlib import Path

import pytest

from cards.urls import urlpatterns

ROOT = Path(__file__).resolve().parents[2]
TOPICS = {path.stem for path in (ROOT / "cards" / "views").glob("*.py")} - {"__init__"}
ROUTES = {route.name: route for route in urlpatterns}

# Pages that are not named after a view.
PAGES_OF_ANOTHER_NAME = {
    "review/prompt.html": "the review goes on with a prompt",
    "review/finish.html": "or it is done",
    "invites/no_invite.html": "the answer to a token that lets nobody in",
}
# Routes whose test stands in the file of another.
TESTED_WITH = {
    "review_answer": ("review", "the session is one flow"),
    "grade": ("review", "the session is one flow"),
    "deck_edit": ("deck_detail", "what the owner does from that page"),
    "deck_archive": ("deck_detail", "a button of that page"),
    "deck_study": ("deck_detail", "a button of that page"),
    "group_edit": ("group_detail", "what the owner does from that page"),
    "group_archive": ("group_detail", "a button of that page"),
    "group_progress": ("group_detail", "a button of that page"),
    "invite_revoke": ("invite_list", "a button of that page"),
    "card_archive": ("card_move", "it too puts a card elsewhere"),
    "assignment_edit": ("assignment_detail", "what an editor does from that page"),
    "assignment_end": ("assignment_detail", "a button of that page"),
    "deck_analysis_csv": ("deck_analysis", "what that page shows, as a file"),
    "questionnaire_read": ("questionnaire", "one form goes through three steps"),
    "questionnaire_make": ("questionnaire", "one form goes through three steps"),
    "flag_list_close": ("flag_list", "a button of that page"),
    "suggestion_list_decide": ("suggestion_list", "a button of that page"),
    "suggestion_withdraw": ("suggestion_detail", "a button of that page"),
    "suggestion_comment": ("suggestion_detail", "a button of that page"),
    "flag_withdraw": ("flag", "what was flagged is withdrawn"),
    "comment_edit": ("discussion", "where it stands"),
    "comment_delete": ("discussion", "a button of that page"),
    "comment_report": ("discussion", "where it stands"),
    "report_decide": ("report_list", "the buttons of that page"),
    "picture_upload": ("pictures", "what is uploaded is shown"),
    "picture": ("pictures", "what is uploaded is shown"),
    "search_delete": ("search_edit", "a button of that page"),
    "statistics_csv": ("statistics", "what a figure of that page shows, as a file"),
    "deck_statistics_csv": ("deck_statistics", "the same"),
    "card_statistics_csv": ("card_statistics", "the same"),
    "inbox_read": ("inbox", "a button of that page"),
    "notice_open": ("inbox", "a line of that page"),
    "my_data_zip": ("my_data", "what that page hands out"),
    "healthz": ("status", "two of a kind"),
    "readyz": ("status", "two of a kind"),
}
# Folders of templates that stand in place of other packages' own.
OF_PACKAGES = {"account", "admin", "allauth"}


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_named_after_its_view(name: str) -> None:
    view = ROUTES[name].callback
    assert view.__name__ == name
    assert view.__module__.removeprefix("cards.views.") in TOPICS


def test_templates_are_kept_by_topic() -> None:
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert folders - OF_PACKAGES <= TOPICS


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_page_is_named_after_the_view_that_shows_it(topic: str) -> None:
    views = import_module(f"cards.views.{topic}")
    pages = {f"{topic}/{path.name}" for path in (ROOT / "templates" / topic).glob("[!_]*.html")}
    shown = set(re.findall(r'"(\w+/[a-z]\w+\.html)"', (ROOT / "cards" / "views" / f"{topic}.py").read_text()))
    assert shown == pages
    for page in pages - PAGES_OF_ANOTHER_NAME.keys():
        assert callable(getattr(views, Path(page).stem)), page


@pytest.mark.parametrize("name", sorted(ROUTES.keys() - TESTED_WITH.keys()))
def test_a_route_has_a_test_of_its_name(name: str) -> None:
    assert file_of(name).exists()


@pytest.mark.parametrize("name", TESTED_WITH)
def test_a_route_without_one_is_asked_for_by_the_test_that_the_table_names(name: str) -> None:
    address = re.sub("<[^>]+>", '[^"]+', str(ROUTES[name].pattern))
    assert re.search(rf'"(cards:)?{name}"|"/{address}[?"]', file_of(TESTED_WITH[name][0]).read_text())


def test_the_tables_name_nothing_that_follows_the_rule() -> None:
    assert all((ROOT / "templates" / page).exists() for page in PAGES_OF_ANOTHER_NAME)
    assert not any(file_of(name).exists() for name in TESTED_WITH)


def file_of(name: str) -> Path:
    return ROOT / "tests" / "views" / f"test_{name}.py"
