"""Asking for a run: with the card's own parameters, with wrong and hostile ones, too often, by a guest."""

import pytest
from django.test import Client
from django.urls import reverse

from cards.cardtext import Wording
from cards.models import Card, DemoRun, Learner
from chapter5.celery import app
from tests.views.demo_runs import ask, done, worker

HTMX = {"HTTP_HX_REQUEST": "true"}
URL = "/demos/softmax_table/run/"


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def ask_by_htmx(client: Client, **data: object):
    return client.post(URL, data, **HTMX)


def test_a_browser_without_javascript_is_led_to_the_runs_page(client_of, ada) -> None:
    response = client_of(ada).post(URL, {"p-activations": "1, 2,3"})
    run = DemoRun.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/demos/runs/{run.pk}/"
    assert (run.learner, run.parameters, run.seed, run.queue) == (
        ada,
        {"activations": [1, 2, 3]},
        42,
        "light",
    )


def test_htmx_gets_the_panel_with_what_was_asked_in_it(client_of, ada, deck) -> None:
    worker()
    card = deck.cards.get(key="c1")
    response = ask_by_htmx(client_of(ada), **{"p-activations": "5,1", "seed": 7, "card": card.pk})
    html = response.content.decode()
    run = DemoRun.objects.get()
    assert (run.card, run.seed) == (card, 7)
    assert html.startswith("<section")
    assert 'value="5,1"' in html
    assert f'hx-get="/demos/runs/{run.pk}/?state=queued-0-0"' in html
    assert "cannot run at the moment" not in html
    assert f'name="card" value="{card.pk}"' in html


def test_a_parameter_that_is_not_sent_has_its_default(client_of, ada) -> None:
    client_of(ada).post(URL)
    assert DemoRun.objects.get().parameters == {"activations": [0.02, -2.49, 1.25]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nan", "“nan” is no number."),
        ("1,inf", "“inf” is no number."),
        ("1,1e308", "“1e308” is out of range."),
        (",".join(["1"] * 10_000), "10,000 numbers are too many."),
        ("", "Nothing is written here."),
        ("1,<script>alert(1)</script>", "“&lt;script&gt;alert(1)"),
        ("1," + "9" * 200_000, "at most 100000 characters"),
        ("1", "too few."),
        ("1,2\x00", "Null characters are not allowed."),
        ("١,٢", "is no number."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_a_wrong_value_is_said_at_its_field_and_nothing_is_queued(
    client_of, ada, text, message, htmx
) -> None:
    response = client_of(ada).post(URL, {"p-activations": text}, **htmx)
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html[: html.index("</form>")]
    assert 'aria-invalid="true"' in html
    assert "<script>" not in html
    assert not DemoRun.objects.exists()


def test_an_unknown_parameter_is_an_error(client_of, ada) -> None:
    response = ask_by_htmx(client_of(ada), **{"p-<b>x": "1"})
    assert response.status_code == 422
    assert "&lt;b&gt;x: This demo has no such parameter." in response.content.decode()
    assert not DemoRun.objects.exists()


def test_what_was_typed_is_still_there(client_of, ada) -> None:
    html = ask_by_htmx(client_of(ada), **{"p-activations": "1,x", "seed": 9}).content.decode()
    assert 'value="1,x"' in html
    assert 'name="seed" value="9"' in html


@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_the_result_that_stood_beside_the_form_stays(client_of, ada, bob, htmx) -> None:
    mine, other = done(ada), done(bob, seed=1)
    client = client_of(ada)
    for run, is_shown in ((mine, True), (other, False)):
        html = client.post(URL, {"p-activations": "1,x", "shown": run.pk}, **htmx).content.decode()
        assert "is no number" in html
        assert ("It falls, then it blows up." in html) == is_shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"shown": "x"},
        {"seed": -1},
        {"seed": 2**31},
        {"seed": "x"},
        {"card": 999_999},
        {"card": "x"},
        {"card": 10**30},
    ],
)
def test_what_no_page_of_ours_sends_is_not_found(client_of, ada, wrong) -> None:
    assert client_of(ada).post(URL, wrong).status_code == 404
    assert not DemoRun.objects.exists()


@pytest.mark.parametrize("slug", ["nowhere", "runs", "__init__", "softmax_table.py", "..%2f..", "a" * 500])
def test_a_demo_that_is_not_there_is_not_found(client_of, ada, slug) -> None:
    assert client_of(ada).post(f"/demos/{slug}/run/").status_code == 404


def test_a_card_that_one_may_not_see_is_not_found(client_of, ada, bob, deck) -> None:
    deck.is_public, deck.owner = False, ada
    deck.save()
    card = deck.cards.first()
    assert client_of(bob).post(URL, {"card": card.pk}).status_code == 404
    assert client_of(ada).post(URL, {"card": card.pk}).status_code == 302


def test_it_is_by_post_alone(client) -> None:
    assert client.get(URL).status_code == 405


# --- what was computed before, and once more --------------------------------------------------------------------------


def test_what_was_computed_before_is_there_at_once_and_said(client_of, ada, bob) -> None:
    worker()
    done(bob)
    html = ask_by_htmx(client_of(ada)).content.decode()
    assert "The same was computed before" in html
    assert "It falls, then it blows up." in html
    assert "hx-trigger" not in html


def test_run_again_takes_a_new_seed_and_a_double_click_on_it_asks_once(client_of, ada) -> None:
    worker()
    client = client_of(ada)
    html = ask_by_htmx(client).content.decode()
    button = html[: html.index("Run again with a new seed")].rpartition('value="')[2].partition('"')[0]
    for _ in range(2):
        ask_by_htmx(client, seed=button)
    assert list(
        DemoRun.objects.order_by("created_at", "seed").values_list("seed", flat=True).distinct()
    ) == sorted([42, int(button)])
    assert DemoRun.objects.count() == 2
    assert f'value="{button}">Run again' not in ask_by_htmx(client, seed=button).content.decode()


# --- guests and limits ------------------------------------------------------------------------------------------------


def test_a_guest_is_made_at_the_request_and_their_address_is_kept_as_a_hash(client) -> None:
    client.get("/demos/softmax_table/")
    assert not Learner.objects.exists()
    client.post(URL, REMOTE_ADDR="203.0.113.7")
    run = DemoRun.objects.get()
    assert run.learner.is_guest
    assert len(run.address) == 64
    assert "203.0.113.7" not in run.address


def test_an_account_needs_no_address(client_of, ada) -> None:
    client_of(ada).post(URL)
    assert DemoRun.objects.get().address == ""


def test_the_address_is_the_one_that_our_proxy_saw(settings) -> None:
    """What stands further left in X-Forwarded-For the visitor may have written."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for forged in ("6.6.6.6", "7.7.7.7"):
        Client().post(URL, HTTP_X_FORWARDED_FOR=f"{forged}, 203.0.113.7")
    Client().post(URL, HTTP_X_FORWARDED_FOR="203.0.113.8")
    first, second, other = DemoRun.objects.order_by("pk").order_by("created_at", "learner_id")
    assert first.address == second.address
    assert other.address != first.address


def test_a_household_of_ipv6_has_one_limit() -> None:
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"):
        Client().post(URL, REMOTE_ADDR=address)
    assert DemoRun.objects.values("address").distinct().count() == 2


def test_guests_of_an_unknown_address_share_one_limit() -> None:
    for _ in range(2):
        assert Client().post(URL, REMOTE_ADDR="").status_code == 302
    assert DemoRun.objects.exclude(address="").values("address").distinct().count() == 1


@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_too_many_is_a_sentence_and_loses_nothing(client_of, ada, settings, htmx) -> None:
    settings.DEMO_UNFINISHED = 1
    ask(ada)
    response = client_of(ada).post(URL, {"p-activations": "5,6"}, **htmx)
    assert response.status_code == 429
    html = response.content.decode()
    assert "Let one end, or cancel it." in html
    assert 'value="5,6"' in html
    assert DemoRun.objects.count() == 1


# --- the worker is told -----------------------------------------------------------------------------------------------


def test_its_worker_is_told_once_the_row_is_there(client_of, ada, django_capture_on_commit_callbacks) -> None:
    client = client_of(ada)
    with app.connection_for_write() as connection, connection.SimpleQueue("light") as queue:
        queue.clear()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(URL)
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload[0] == [str(DemoRun.objects.get().pk)]
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            worker()
            done(ada, activations="7,8")
            client.post(URL, {"p-activations": "7,8"})
        assert callbacks == []  # the result was there


def test_no_worker_there_is_said_plainly(client_of, ada) -> None:
    worker("heavy")
    html = ask_by_htmx(client_of(ada)).content.decode()
    assert "Demos cannot run at the moment" in html
    assert "This run begins by itself once a worker is there" in html
    assert DemoRun.objects.get().status == "queued"


def test_a_card_asks_with_its_own_parameters(client_of, ada) -> None:
    card = Card.objects.get(key="c1")
    Card.objects.filter(pk=card.pk).update(details="demo: softmax_table activations=3,4")
    assert Card.objects.get(pk=card.pk).wording == Wording(
        "Prompt 1?", "Answer 1.", "demo: softmax_table activations=3,4"
    )
    html = client_of(ada).get(reverse("cards:review_answer", args=[card.pk]), {"n": 0}).content.decode()
    assert '<input type="hidden" name="p-activations" value="3,4">' in html
