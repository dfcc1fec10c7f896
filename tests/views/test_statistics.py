"""The page of statistics, and its figures as files."""

import csv
import io
import re

import pytest

from cards.actions.decks import make_deck
from cards.actions.learners import change_settings
from cards.cardtext import Wording
from cards.figures import FIGURES
from cards.models import Card, Deck, Learner
from tests.conftest import SIGNED_IN, START
from tests.reports.logs import Log

QUERIES = (
    SIGNED_IN + 1 + 1 + 10 + 2 + 1
)  # the session, the learner and what is unread; whether there is anything; the figures; the streak; the decks


@pytest.fixture
def studied(ada: Learner) -> list[Card]:
    """Three cards of a deck of ada's, reviewed until a month ago, and one of the shared deck."""
    wordings = tuple(Wording(f"{number}?", "So.") for number in range(5))
    own = make_deck(owner=ada, name="=Ada's", now=START, wordings=wordings)
    cards = list(own.cards.all())
    for card in (*cards[:3], Card.objects.get(key="c1")):
        Log(ada, card).grade(-40, answer_seconds=7).grade(-39, "A").grade(-38).replay()
    return cards


def page(client, address: str = "/statistics/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_each_figure_has_its_sentence_its_drawing_its_table_and_its_file(
    client_of, ada, studied, clock
) -> None:
    html = page(client_of(ada))
    sections = re.findall(r'<section class="statistic".*?</section>', html, re.S)
    assert [re.search(r'<h2 id="(\w+)"', section).group(1) for section in sections] == list(FIGURES)
    for section, name in zip(sections, FIGURES, strict=True):
        assert re.search(r"<figcaption>\w[^<]+\.</figcaption>", section), name
        assert f'href="{name}.csv"' in section
        assert "<table>" in section
        assert section.count("<svg") == (0 if name == "learning" else 2), (
            name
        )  # no new card came lately: no pace
    assert "You answered 12 cards on 3 days" in html
    assert "<dd>50 %</dd>" in html


def test_it_takes_so_many_queries_however_much_was_studied(
    client_of, ada, studied, clock, django_assert_num_queries
) -> None:
    client = client_of(ada)
    with django_assert_num_queries(QUERIES):
        page(client)
    for n, card in enumerate(Card.objects.filter(deck__name="Shared deck")[1:]):
        Log(ada, card).grade(-20 - n).grade(-5).replay()
    with django_assert_num_queries(QUERIES):
        page(client)


def test_it_has_the_streak_unless_that_is_hidden(client_of, ada, studied, clock) -> None:
    for day in (-2, -1, 0):
        Log(ada, Card.objects.get(key=f"c{day + 3}"), part=1).grade(day)
    assert "<dt>Streak</dt><dd>3 days</dd>" in page(client_of(ada))
    change_settings(learner=ada, has_streak=False)
    assert "Streak" not in page(client_of(ada))


def test_who_has_done_nothing_yet_is_told_what_will_be_here(
    client, client_of, ada, bob, studied, clock
) -> None:
    for each in (client, client_of(bob)):
        html = page(each)
        assert "Nothing yet" in html
        assert 'href="/review/"' in html
        assert "<svg" not in html.split("<main")[1]


def test_a_deck_of_any_name_is_text_in_a_table(client_of, ada, studied, clock) -> None:
    Deck.objects.filter(owner=ada).update(name="<b>&")
    html = page(client_of(ada))
    assert "<td>&lt;b&gt;&amp;</td>" in html
    assert "<b>&" not in html


def test_it_links_to_each_deck_alone(client_of, ada, studied, clock) -> None:
    html = page(client_of(ada))
    for deck in (studied[0].deck, Card.objects.get(key="c1").deck):
        assert f'href="/decks/{deck.pk}/statistics/"' in html


@pytest.mark.parametrize("address", ["/", "/review/", "/decks/"])
def test_it_is_one_press_away(client_of, ada, studied, clock, address) -> None:
    header = page(client_of(ada), address).split("<main")[0]
    assert re.search(r'href="/statistics/"[^>]*>.*<span>Statistics</span>', header)


def test_home_leads_to_it_too(client_of, ada, clock) -> None:
    assert 'href="/statistics/"' in page(client_of(ada), "/").split("<main")[1]


def test_it_says_where_one_is(client_of, ada, clock) -> None:
    assert 'href="/statistics/" aria-current="page"' in page(client_of(ada))


# --- files ------------------------------------------------------------------------------------------------------------


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode())))


@pytest.mark.parametrize("name", FIGURES)
def test_a_file_has_what_the_table_has(client_of, ada, studied, clock, name) -> None:
    client = client_of(ada)
    section = page(client).split(f'<h2 id="{name}"')[1].split("</section>")[0]
    response = client.get(f"/statistics/{name}.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert response["Cache-Control"] == "private"
    found = rows(response)
    assert found[0] == re.findall(r'<th scope="col"[^>]*>([^<]*)<', section)
    assert len(found) - 1 == section.split("<tbody>")[1].count("<tr>") > 0
    assert len({len(row) for row in found}) == 1


def test_a_file_keeps_days_and_numbers_as_such_and_is_no_formula(client_of, ada, studied, clock) -> None:
    client = client_of(ada)
    assert rows(client.get("/statistics/days.csv"))[1:] == [
        ["2026-01-21", "4", "0", "0", "0.5"],
        ["2026-01-22", "4", "0", "0", "0.0"],
        ["2026-01-23", "4", "0", "0", "0.0"],
    ]
    assert [row[0] for row in rows(client.get("/statistics/learning.csv"))[1:]] == ["'=Ada's", "Shared deck"]


def test_a_file_is_read_in_as_many_queries_as_its_figure_takes(
    client_of, ada, studied, clock, django_assert_num_queries
) -> None:
    client = client_of(ada)
    with django_assert_num_queries(SIGNED_IN + 1):
        client.get("/statistics/months.csv")


def test_there_is_no_file_of_nothing_and_none_of_another_name(
    client, client_of, ada, bob, studied, clock
) -> None:
    for each, name in (
        (client, "days"),
        (client_of(bob), "days"),
        (client_of(ada), "day"),
        (client_of(ada), "__all__"),
    ):
        assert each.get(f"/statistics/{name}.csv").status_code == 404


@pytest.mark.parametrize("address", ["/statistics/", "/statistics/days.csv"])
def test_it_is_read_only(client_of, ada, address) -> None:
    assert client_of(ada).post(address).status_code == 405
