"""The gallery of demos."""

import re
from html import unescape

import pytest

from cards.actions.decks import make_deck
from cards.demos.registry import demos
from cards.models import Card, DemoResult, Learner
from tests.conftest import START
from tests.views.demo_runs import done


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def entry(client, slug: str) -> str:
    html = client.get("/demos/").content.decode()
    return re.search(rf'<h3><a href="/demos/{slug}/">.*?(?=<h[23]|</main>)', html, re.DOTALL)[0]


def test_it_shows_every_demo_to_anybody_and_makes_no_row(client) -> None:
    html = unescape(client.get("/demos/").content.decode())
    assert len(demos()) >= 2
    for demo in demos():
        assert demo.title in html
        assert demo.look_at in html
    assert not Learner.objects.exists()


def test_it_says_how_long_one_waits(client, ada) -> None:
    assert "At once" in entry(client, "softmax_table")
    assert re.search(r"Takes \d+ s at most", entry(client, "lr_find"))
    done(ada, slug="lr_find")
    assert "Takes about 1 s" in entry(client, "lr_find")
    result = DemoResult.objects.get()
    result.stamp["seconds"] = 7.6
    result.save()
    assert "Takes about 8 s" in entry(client, "lr_find")


def test_it_names_the_cards_that_one_may_see(client, client_of, bob) -> None:
    Card.objects.filter(key="c1").update(details="demo: softmax_table\ndemo: softmax_table activations=1,2")
    hidden = make_deck(owner=bob, name="Bob's", description="", now=START)
    Card.objects.filter(key="c2").update(details="demo: softmax_table", deck=hidden)
    html = entry(client, "softmax_table")
    assert html.count("Prompt 1?") == 1
    assert "Prompt 2?" not in html
    assert "Prompt 2?" in entry(client_of(bob), "softmax_table")
    Card.objects.filter(key="c1").update(archived_at=START)
    assert "Prompt 1?" not in entry(client, "softmax_table")


def test_of_many_cards_it_names_the_first(client, deck) -> None:
    Card.objects.update(details="demo: softmax_table")
    for number in range(10, 15):
        Card.objects.create(
            deck=deck,
            position=number,
            prompt=f"Prompt {number}?",
            details="demo: softmax_table",
            created_at=START,
        )
    html = entry(client, "softmax_table")
    assert html.count("Prompt ") == 5
    assert "and 3 more" in html


def test_they_stand_in_the_order_of_their_first_cards_under_the_first_tag_of_these(client, deck, bob) -> None:
    """Planted fault: by title, or by any card."""
    Card.objects.update(details="")
    Card.objects.filter(key="c1").update(details="tags: training, loss\ndemo: lr_find", position=1)
    Card.objects.filter(key="c2").update(details="tags: loss\ndemo: softmax_table", position=2)
    Card.objects.filter(key="c3").update(details="tags: zoo\ndemo: cross_entropy\ndemo: lr_find", position=3)
    other = make_deck(owner=bob, name="Another", description="", now=START)
    other.is_public = True
    other.save()
    Card.objects.create(
        deck=other, position=0, prompt="P?", details="tags: zoo\ndemo: softmax_table", created_at=START
    )
    html = client.get("/demos/").content.decode()
    first, second, third, last = re.findall(r'<h2 id="topic-\d">(.*?)</h2>', html)
    assert (first, second, third, last) == ("training", "loss", "zoo", "other demos")
    slugs = re.findall(r'<h3><a href="/demos/(\w+)/">', html)
    assert slugs[:3] == ["lr_find", "softmax_table", "cross_entropy"]
    assert sorted(slugs) == sorted(demo.slug for demo in demos())
    assert [f"#topic-{place}" for place in (1, 2, 3, 4)] == re.findall(r'href="(#topic-\d)"', html)


def test_however_many_demos_there_are_it_asks_as_many_queries(
    client, ada, django_assert_max_num_queries
) -> None:
    done(ada, slug="lr_find")
    client.get("/demos/")
    with django_assert_max_num_queries(4):
        client.get("/demos/")
