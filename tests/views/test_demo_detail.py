"""A demo's page: its form, one's runs, two of them side by side."""

import re
from datetime import timedelta

import pytest

from cards.actions.demo_runs import fail_run
from cards.models import Card, DemoRun, Learner
from tests.conftest import START
from tests.views.demo_runs import RESULT, ask, begin, done, worker

URL = "/demos/softmax_table/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def page(client, **query: object) -> str:
    response = client.get(URL, query)
    assert response.status_code == 200
    return response.content.decode()


def later(minutes: int):
    return START + timedelta(minutes=minutes)


def test_anybody_sees_it_and_no_row_is_made(client) -> None:
    worker()
    html = page(client)
    assert "<h1>Softmax, step by step</h1>" in html
    assert 'value="0.02,-2.49,1.25"' in html
    assert "My runs" not in html
    assert "cannot run at the moment" not in html
    assert not Learner.objects.exists()


def test_labels_help_ranges_and_the_run_button_are_there(client) -> None:
    html = page(client)
    assert '<label for="id_p-activations">Activations <kbd>D</kbd></label>' in html
    assert "2 to 20 numbers" in html
    assert 'aria-describedby="id_p-activations_helptext"' in html
    assert 'method="post"' in html
    assert "Run</button>" in html


def test_it_says_when_no_worker_is_there(client, clock) -> None:
    assert "A run that waits begins by itself" in page(client)
    worker()
    assert "A run that waits" not in page(client)
    clock.tick(seconds=31)
    assert "A run that waits" in page(client)


def test_an_address_can_carry_parameters(client) -> None:
    assert 'value="5,&lt;6&quot;"' in page(client, **{"p-activations": '5,<6"'})


def test_it_knows_the_card_that_one_came_from(client, client_of, bob, deck) -> None:
    card = deck.cards.get(key="c1")
    html = page(client, card=card.pk)
    assert f'href="/cards/{card.pk}/"' in html
    assert f'name="card" value="{card.pk}"' in html
    deck.is_public = False
    deck.save()
    assert client.get(URL, {"card": card.pk}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/demos/nowhere/", "/demos/__init__/", "/demos/../", "/demos/softmax_table.py/", "/demos/%00/"]
)
def test_a_demo_that_is_not_there_is_not_found(client, path) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [{"left": "x"}, {"right": "' or 1=1"}, {"page": "x"}, {"page": -1}, {"card": "x"}, {"card": 10**30}],
)
def test_an_address_that_cannot_be_read_is_not_found(client, query) -> None:
    assert client.get(URL, query).status_code == 404


# --- my runs ----------------------------------------------------------------------------------------------------------


def test_my_runs_are_listed_newest_first_and_nobody_elses(client_of, ada, bob) -> None:
    done(ada, activations="1,2", now=START)
    fail_run(run=begin(ada, activations="3,4", now=later(1)), error="No.", now=later(1))
    ask(ada, activations="5,6", now=later(2))
    ask(bob, activations="7,8")
    rows = re.search(r'<ul class="rows">.*?</ul>', page(client_of(ada)), re.DOTALL)[0]
    assert [rows.index(text) for text in ("5,6", "3,4", "1,2")] == sorted(
        rows.index(text) for text in ("5,6", "3,4", "1,2")
    )
    assert "7,8" not in rows
    assert "2 March, 10:02 · 5,6 · seed 42" in rows
    assert "waiting" in rows
    assert "<em>failed</em>" in rows
    assert "42 ms" in rows


def test_they_come_in_pages(client_of, ada, settings) -> None:
    settings.DEMO_UNFINISHED = 99
    for minute in range(11):
        ask(ada, seed=minute, now=later(minute))
    html = page(client_of(ada))
    assert "Page 1 of 2" in html
    assert "· seed 0<" not in html
    assert "· seed 0<" in page(client_of(ada), page=2)


# --- side by side -----------------------------------------------------------------------------------------------------


def test_two_runs_stand_side_by_side_and_what_differs_is_marked(client_of, ada) -> None:
    one, two = done(ada, activations="1,2", seed=1), done(ada, activations="1,3", seed=1, now=later(1))
    html = page(client_of(ada), left=one.pk, right=two.pk)
    assert (
        '<tr class="differs"><th scope="row">Activations <em>differs</em></th><td>1,2</td><td>1,3</td></tr>'
        in html
    )
    assert '<tr><th scope="row">Seed</th><td>1</td><td>1</td></tr>' in html
    assert html.count("<figcaption") == 4
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_same_result_twice_is_shown_once(client_of, ada) -> None:
    worker()
    one, two = done(ada), ask(ada)
    assert one.result_id == two.result_id
    html = page(client_of(ada), left=one.pk, right=two.pk)
    assert "both have one result" in html
    assert html.count("<figcaption") == 2


def test_which_ones_can_be_chosen_at_first_the_newest_two(client_of, ada) -> None:
    one, two, three = (done(ada, seed=seed, now=later(seed)) for seed in (1, 2, 3))
    html = page(client_of(ada))
    left, right = (
        html.partition(f'<select name="{name}"')[2].partition("</select>")[0] for name in ("left", "right")
    )
    assert f'value="{two.pk}" selected' in left
    assert f'value="{three.pk}" selected' in right
    html = page(client_of(ada), left=one.pk, right=two.pk)
    left = html.partition('<select name="left"')[2].partition("</select>")[0]
    assert f'value="{one.pk}" selected' in left


def test_one_run_alone_offers_no_choice(client_of, ada) -> None:
    done(ada)
    assert "side by side" not in page(client_of(ada))


def test_a_run_that_is_not_mine_is_of_another_demo_or_has_no_result_is_not_found(client_of, ada, bob) -> None:
    mine = done(ada)
    for other in (done(bob, seed=1), done(ada, slug="lr_find"), ask(ada, seed=3)):
        query = {"left": mine.pk, "right": other.pk}
        assert client_of(ada).get(URL, query).status_code == 404


def test_a_run_from_before_a_parameter_was_there_is_shown(client_of, ada) -> None:
    run = done(ada, RESULT)
    DemoRun.objects.update(parameters={"gone": 1})
    assert client_of(ada).get(run.get_absolute_url()).status_code == 200
    assert "seed 42" in page(client_of(ada))


def test_the_cards_that_it_belongs_to_are_listed(client) -> None:
    Card.objects.filter(key="c2").update(details="demo: softmax_table")
    html = page(client)
    assert "The card that it belongs to" in html
    assert "Prompt 2?" in html
