"""Finding cards."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cards.actions.cards import make_cards
from cards.actions.decks import make_deck
from cards.actions.search import save_search
from cards.actions.study import grade_card
from cards.cardtext import Wording
from cards.markup import plain
from cards.models import Card, Learner
from cards.scheduling import Grade
from cards.views.search import CARDS_PER_PAGE
from tests.conftest import SIGNED_IN, START
from tests.views.plain_browser import Forms

URL = "/search/"
DOCS = (Path(__file__).parents[2] / "docs" / "search.md").read_text()


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


@pytest.fixture
def own(ada):
    wordings = (
        Wording(
            "What is *softmax*?",
            f"{'Much before it. ' * 9}An exp, divided by the sum. {'Much after it. ' * 9}",
        ),
        Wording("Die <b>Straße</b>", "", "reference: [the sum](https://example.org)\ntags: way"),
    )
    return make_deck(owner=ada, name="Ada's", now=START, wordings=wordings)


def ask(client: Client, q: str, **more: object) -> str:
    return client.get(URL, {"q": q, **more}).content.decode()


def text_of(html: str) -> str:
    """The main part's text, with [] around what is marked."""
    main = html[html.index("<main") : html.index("</main>")]
    marked = main.replace("<mark>", "[").replace("</mark>", "]")
    within_words = re.sub(r"</?(a|code|b|em)\b[^>]*>", "", marked)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", within_words)))


def prompts(html: str) -> list[str]:
    return re.findall(r'<a href="/cards/\d+/">(.*?)\s*</a>', html, re.DOTALL)


def test_anybody_can_search_what_they_may_see_and_no_row_is_made(client, bob, client_of, own) -> None:
    assert prompts(ask(client, "prompt")) == [f"<mark>Prompt</mark> {n}?" for n in (1, 2, 3)]
    assert prompts(ask(client, "softmax")) == prompts(ask(client_of(bob), "softmax")) == []
    assert set(Learner.objects.all()) == {own.owner, bob}


def test_it_marks_what_was_searched_for_and_shows_where_else_it_stands(client_of, ada, own) -> None:
    text = text_of(ask(client_of(ada), "SOFTMAX divided"))
    assert "1 card " in text
    assert "Ada's What is [softmax]? new … before it. Much" in text
    assert "before it. An exp, [divided] by the sum. Much" in text
    assert "Die <b>[Straße]</b> needs an answer · new " in text_of(ask(client_of(ada), "strasse"))
    assert "new [the sum] " in text_of(ask(client_of(ada), '"the sum" tag:way'))
    assert "&lt;b&gt;<mark>Straße</mark>&lt;/b&gt;" in ask(client_of(ada), "strasse")


def test_it_goes_deck_by_deck_and_says_where_one_stands(client_of, ada, own, clock) -> None:
    card = Card.objects.get(key="c1")
    grade_card(learner=ada, card_id=card.pk, part=0, shown_number=0, grade=Grade.GOOD, now=START)
    clock.tick(days=1)
    text = text_of(ask(client_of(ada), "deck:shared or straße"))
    assert re.search(r"4 cards .* Shared deck Prompt 1\? due Prompt 2\? new Prompt 3\? new Ada's Die", text)


def test_a_long_list_has_pages_that_keep_the_search(client_of, ada, own) -> None:
    more = [Wording(f"Many {number}?", "") for number in range(CARDS_PER_PAGE + 2)]
    make_cards(deck=own, wordings=more, author=ada, now=START)
    client = client_of(ada)
    html = ask(client, "many -nothing")
    assert len(prompts(html)) == CARDS_PER_PAGE
    [following] = re.findall(r'href="([^"]+)" rel="next"', html)
    html = client.get(unescape(following)).content.decode()
    assert prompts(html) == [
        f"<mark>Many</mark> {number}?" for number in (CARDS_PER_PAGE, CARDS_PER_PAGE + 1)
    ]
    assert len(prompts(ask(client, "many", page=99))) == 2


def test_it_says_which_part_finds_nothing_alone(client) -> None:
    assert "No card fits. Not even tag:none alone fits one. " in text_of(
        ask(client, "prompt -answer tag:none")
    )
    assert text_of(ask(client, "none")).count("alone") == 0
    assert "No card fits. " in text_of(ask(client, "none"))


@pytest.mark.parametrize(
    ("q", "shown"),
    [
        (
            "  gpu is:suspend",
            "gpu [is:suspend] At character 7: There is no “is:suspend”; did you mean “is:suspended”?",
        ),
        ("<b> or", "<b> or[…] At character 7: Something to search for is missing here."),
        ("(100% `a` **b**", "[(]100% `a` **b** At character 1: This parenthesis is not closed."),
        ("x" * 501, "At character 501: A search has at most 500 characters"),
    ],
)
def test_it_says_what_is_wrong_and_where_and_keeps_what_was_written(client, q: str, shown: str) -> None:
    response = client.get(URL, {"q": q})
    html = response.content.decode()
    assert response.status_code == 422
    assert shown in text_of(html)
    assert 'aria-invalid="true" aria-describedby="id_q_error"' in html
    assert 'id="id_q_error"' in html
    assert Forms(html).forms[0].fields["q"] == q
    assert prompts(html) == []


@pytest.mark.parametrize("query", ["?q=%00", "?q=%ED%A0%80", "?q=a&page=x", "?q=a&page=0"])
def test_it_refuses_what_it_cannot_read(client, query: str) -> None:
    assert client.get(URL + query).status_code in {200, 422}


def test_without_a_question_it_says_how_to_ask_as_the_documentation_does(client) -> None:
    html = client.get(URL).content.decode()
    assert prompts(html) == []
    assert "cards" not in re.findall(r"<h2>.*?</h2>", html)
    table = html[html.index('<table class="language">') : html.index("</table>")]
    shown = [unescape(re.sub(r"<[^>]+>", "", row)) for row in re.findall(r"<tr><td>.*?</td></tr>", table)]
    assert shown == [
        plain(write) + plain(find) for write, find in re.findall(r"^\| (`.*`) \| (.*) \|$", DOCS, re.M)[:-4]
    ]
    for example, address in re.findall(r'<a href="([^"]+)"><code>(.*?)</code>', table):
        assert client.get(example).status_code == 200, address


def test_it_lists_the_searches_that_are_kept(client_of, ada, bob) -> None:
    save_search(learner=ada, name="Hard & mine", query="ease<2 is:due", now=START)
    save_search(learner=bob, name="Not hers", query="x", now=START)
    html = client_of(ada).get(URL).content.decode()
    assert "Hard & mine ease<2 is:due " in text_of(html)
    assert "Not hers" not in html
    [address] = re.findall(r'<a href="([^"]+)">Hard', html)
    found = client_of(ada).get(unescape(address)).content.decode()
    assert "Hard & mine: 0 cards" in text_of(found)
    assert "Keep this search" not in found


def test_what_is_found_can_be_practised(client_of, ada, own) -> None:
    client = client_of(ada)
    [form] = [form for form in Forms(ask(client, 'prompt -"2?"')).forms if "Practise them" in form.buttons]
    assert form.attributes["action"] == "/review/"
    page = client.get("/review/", form.fields | {"order": form.buttons["Practise them"]["value"]})
    assert "<b>0</b> of <b>2</b> practised" in page.content.decode()
    assert re.search(
        r'found by <a href="/search/\?q=prompt%20-%222%3F%22">prompt -&quot;2\?&quot;</a>',
        page.content.decode(),
    )


def test_it_needs_as_many_queries_for_many_cards(client_of, ada, own) -> None:
    client = client_of(ada)
    counts = []
    for more in (1, 30):
        make_cards(
            deck=own, wordings=[Wording(f"{more} {n}?", "") for n in range(more)], author=ada, now=START
        )
        with CaptureQueriesContext(connection) as queries:
            ask(client, "is:new -prompt")
        counts.append(len(queries))
    # Session, account, searches, what can be undone, the decks, how many cards, the cards, what is unread.
    assert counts[0] == counts[1] == SIGNED_IN + 6
