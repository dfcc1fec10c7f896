"""A run's page and the looks at it: what is new or nothing, what came out, who sees it."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.actions.demo_runs import cancel_run, claim_run, fail_run, reap_runs, report_run
from cards.demos.contract import Plot, Result, Series, Table
from cards.messages import _, kept
from cards.models import DemoResult, DemoRun, Learner
from tests.conftest import START
from tests.pseudo import CLOSE, OPEN, spoken
from tests.views.demo_runs import ask, begin, done, worker

HTMX = {"HTTP_HX_REQUEST": "true"}
REFRESH = '<noscript><meta http-equiv="refresh"'


@pytest.fixture(autouse=True)
def _world(deck, clock) -> None:
    pass


def page(client, run: DemoRun) -> str:
    return client.get(run.get_absolute_url()).content.decode()


def look(client, run: DemoRun, state: str = ""):
    """As the page looks, again and again, naming the state that it shows."""
    return client.get(run.get_absolute_url(), {"state": state}, **HTMX)


def said_in(response) -> str:
    """What a screen reader is told."""
    return json.loads(response.get("HX-Trigger", '{"said": {"text": ""}}'))["said"]["text"]


def state_in(html: str) -> str:
    return re.search(r"\?state=([\w-]+)\"", html)[1]


# --- while it goes on -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_running", [False, True])
def test_an_unfinished_run_reloads_without_javascript_and_is_looked_at_with_it(
    client_of, ada, is_running
) -> None:
    run = begin(ada) if is_running else ask(ada)
    html = page(client_of(ada), run)
    assert REFRESH in html[: html.index("</head>")]
    assert 'hx-trigger="load delay:100ms, every 500ms"' in html
    assert "Cancel</button>" in html


def test_a_long_name_in_a_table_may_be_broken_at_its_underscores(client_of, ada) -> None:
    table = Table(title="T", columns=["name"], rows=[["great_pyrenees_173.jpg"], ["<b>_"]])
    html = page(client_of(ada), done(ada, Result(parts=[table], finding="F.", data_used="D.")))
    assert "<td>great_<wbr>pyrenees_<wbr>173.jpg</td>" in html
    assert "<td>&lt;b&gt;_<wbr></td>" in html


@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
def test_a_run_that_ended_neither_reloads_nor_is_looked_at(client_of, ada, end) -> None:
    run = done(ada) if end == "done" else begin(ada)
    if end == "failed":
        fail_run(run=run, error="It needed more than 10 MB.", now=START)
    if end == "cancelled":
        cancel_run(run=run, now=START)
    html = page(client_of(ada), run)
    assert "http-equiv" not in html
    assert "hx-trigger" not in html
    assert "Cancel</button>" not in html


def test_an_unchanged_look_has_no_answer_and_a_new_step_has_one(client_of, ada) -> None:
    worker()
    client, run = client_of(ada), ask(ada)
    state = state_in(look(client, run).content.decode())
    assert look(client, run, state).status_code == 204
    run = claim_run(run_id=run.pk, now=START)
    html = look(client, run, state).content.decode()
    assert "Beginning" in html
    report_run(
        run=run, progress={"step": 30, "of": 100, "text": "batch 30", "numbers": {"loss": 0.51234}}, now=START
    )
    html = look(client, run, state_in(html)).content.decode()
    assert "<b>30</b> of <b>100</b>" in html
    assert "loss <b>0.5123</b>" in html
    assert "batch 30" in html
    assert look(client, run, state_in(html)).status_code == 204


def test_what_a_run_is_doing_is_said_in_the_reader_s_language(client_of, ada) -> None:
    """Also where there are numbers in it: in the tests' language it stands in brackets."""
    run, client = begin(ada), client_of(ada)
    text = _("epoch %(epoch)s of a cycle of %(epochs)s", epoch=2, epochs=6)
    progress = {"step": 1, "of": 2, "text": text, "numbers": {}, "messages": kept([text])}
    report_run(run=run, progress=progress, now=START)
    with spoken():
        assert f"{OPEN}epoch 2 of a cycle of 6{CLOSE}" in look(client, run).content.decode()


def test_a_screen_reader_is_told_the_beginning_and_the_end_and_no_step_between(client_of, ada) -> None:
    worker()
    client, run = client_of(ada), ask(ada)
    state = state_in(page(client, run))
    run = claim_run(run_id=run.pk, now=START)
    heard = []
    for step in (0, 1, 2, 3):
        report_run(run=run, progress={"step": step, "of": 3, "text": "x", "numbers": {}}, now=START)
        response = look(client, run, state)
        heard.append(said_in(response))
        state = state_in(response.content.decode())
    fail_run(run=run, error="It needed more than 10 MB.", now=START)
    heard.append(said_in(look(client, run, state)))
    title = "Softmax, step by step"
    assert heard == [f"{title}: it runs.", "", "", "", f"{title}: it failed. It needed more than 10 MB."]


def test_what_a_demo_reports_is_text_on_the_page(client_of, ada) -> None:
    run = begin(ada)
    report_run(run=run, progress={"step": 1, "of": 0, "text": "<b>x", "numbers": {"<i>": 1}}, now=START)
    assert "<b>x" not in (html := look(client_of(ada), run).content.decode())
    assert "<i>" not in html
    report_run(run=run, progress={"step": 1, "of": 2, "text": "<b>x", "numbers": {"<i>": 1}}, now=START)
    assert "&lt;b&gt;x" in (html := look(client_of(ada), run).content.decode())
    assert "<i>" not in html


def test_the_look_that_finds_the_end_brings_the_result_and_takes_the_cancel_button_away(
    client_of, ada
) -> None:
    response = look(client_of(ada), done(ada), "running-1-9")
    assert response["HX-Retarget"] == "closest .run"
    html = response.content.decode()
    assert html.lstrip().startswith('<div class="run">')
    assert "hx-get" not in html
    assert "Cancel" not in html
    assert said_in(response) == "Softmax, step by step: done. It falls, then it blows up."


def test_a_failure_and_a_lost_worker_are_told_to_an_open_page(client_of, ada) -> None:
    client, run = client_of(ada), begin(ada)
    state = state_in(page(client, run))
    reap_runs(now=START + timedelta(seconds=20))
    html = look(client, run, state).content.decode()
    run = claim_run(run_id=run.pk, now=START + timedelta(seconds=20))
    html = look(client, run, state_in(html)).content.decode()
    fail_run(run=run, error="It needed more than 10 MB.", now=START)
    assert "It failed. It needed more than 10 MB." in look(client, run, state_in(html)).content.decode()


def test_a_worker_that_goes_and_comes_back_is_news(client_of, ada, clock) -> None:
    worker()
    client, run = client_of(ada), ask(ada)
    state = state_in(page(client, run))
    clock.tick(seconds=31)
    html = look(client, run, state).content.decode()
    assert "Demos cannot run at the moment" in html
    assert look(client, run, state_in(html)).status_code == 204
    worker(now=clock.now)
    assert "Waiting for its turn" in look(client, run, state_in(html)).content.decode()


@pytest.mark.parametrize("who", ["account", "guest"])
@pytest.mark.parametrize("stage", ["queued", "running", "done"])
def test_a_look_takes_four_queries(client, client_of, ada, who, stage) -> None:
    """Session, learner, run, and for one that waits its worker."""
    if who == "account":
        client = client_of(ada)
    client.post("/demos/softmax_table/run/")
    run = DemoRun.objects.get()
    if stage == "running":
        run = claim_run(run_id=run.pk, now=START)
    if stage == "done":
        DemoRun.objects.all().delete()
        run = done(ada if who == "account" else Learner.objects.get(is_guest=True))
    for state in ("", run.state_name):
        with CaptureQueriesContext(connection) as queries:
            look(client, run, state)
        assert len(queries) <= 4, "\n".join(query["sql"] for query in queries)


# --- what came out ----------------------------------------------------------------------------------------------------


def test_it_shows_each_part_with_its_finding_its_numbers_and_a_file(client_of, ada) -> None:
    run = done(ada)
    html = page(client_of(ada), run)
    assert html.count("It falls, then it blows up.") == 1  # the plot's, and so not the whole's once more
    assert '<svg viewBox="0 0 640' in html
    assert "<dt>valley</dt><dd>Half-way down.</dd>" in html
    assert f'href="/demos/runs/{run.pk}/0.csv"' in html
    assert f'href="/demos/runs/{run.pk}/1.csv"' in html
    assert '<td class="num">0.1235</td>' in html
    assert "Of all." in html
    assert '<span class="t-k">def</span>' in html
    assert "&lt;b&gt;" in html
    assert (
        f'<img src="/demos/runs/{run.pk}/pictures/0.png" alt="A cat on a mat." width="1" height="1">' in html
    )


def test_its_stamp_says_by_what_and_with_what_it_was_computed(client_of, ada) -> None:
    html = page(client_of(ada), done(ada, seed=77))
    assert "<summary>CPU (a slow one) · torch 2.13.0 · 42 ms</summary>" in html
    assert "drawn in 2 ms" in html
    assert "<dd>Ten cats.</dd>" in html
    assert "<dt>Seed</dt><dd>77</dd>" in html
    assert "torch 2.13.0, fastai 2.8.12" in html


def test_the_form_has_what_the_run_was_given(client_of, ada) -> None:
    html = page(client_of(ada), done(ada, seed=77, activations="5,6"))
    assert 'value="5,6"' in html
    assert 'name="seed" value="77"' in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>", '<svg onload="alert(1)"></svg>', "<svg><style>*{}</style></svg>",
        '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>', "<svg><foreignObject></foreignObject></svg>",
        '<svg class="x" style="fill:red"></svg>', "<svg><image href='//evil'/></svg>", "<", "<<svg>script>",
        "<svg/onload=x>", '<svg class="a>b"', "<!--", "<![CDATA[", "<SVG><SCRIPT>", '<svg class="x"onload="y">',
    ],
)  # fmt: skip
def test_what_no_worker_of_ours_drew_does_not_reach_the_page(client_of, ada, caplog, attack) -> None:
    run = done(ada)
    result = DemoResult.objects.get()
    result.parts[0]["svg"] = attack
    result.save()
    html = page(client_of(ada), run)
    shown = html.partition('<p class="title">Loss &amp; rate</p>')[2].partition("<figcaption")[0]
    assert shown.strip() == ""
    assert "It falls, then it blows up." in html
    assert "is not shown" in caplog.text


def test_every_drawing_of_ours_is_shown_as_it_is(client_of, ada) -> None:
    plot = Plot(
        title='<b> "&\' —', x_label="<x>", y_label="y & z", finding="So.",
        series=[
            Series(label="<script>", x=["a<b", "c"], y=[1, 2], style="bars"),
            Series(label="—", x=["a<b"], y=[3], style="bars"),
        ],
    )  # fmt: skip
    run = done(ada, Result(parts=[plot], finding="So.", data_used="None."))
    html = page(client_of(ada), run)
    assert run.result.parts[0]["svg"] in html
    assert "<script>" not in html


def test_a_result_that_is_gone_is_said(client_of, ada) -> None:
    run = done(ada)
    DemoResult.objects.all().delete()
    assert "Its result is not kept any more." in page(client_of(ada), run)


def test_there_is_a_way_back_to_the_review_and_the_card(client_of, ada, deck) -> None:
    card = deck.cards.get(key="c1")
    client = client_of(ada)
    run = done(ada)
    assert "Back to the review" not in page(client, run)
    DemoRun.objects.update(card=card)
    html = page(client, run)
    assert f'href="/review/?card={card.pk}"' in html
    assert f'href="/cards/{card.pk}/"' in html
    assert f'name="card" value="{card.pk}"' in html
    deck.is_public = False
    deck.save()
    assert f'href="/cards/{card.pk}/"' not in page(client, run)


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_only_its_own_learner_sees_it(client, client_of, ada, bob, staff) -> None:
    run = done(ada)
    paths = [
        run.get_absolute_url(),
        f"{run.get_absolute_url()}0.csv",
        f"{run.get_absolute_url()}pictures/0.png",
    ]
    for path in paths:
        assert client_of(ada).get(path).status_code == 200
        for stranger in (client, client_of(bob), client_of(staff)):
            assert stranger.get(path).status_code == 404
            assert stranger.get(path, **HTMX).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/demos/runs/00000000-0000-0000-0000-000000000000/", "/demos/runs/1/", "/demos/runs/../", "/demos/runs/",
        "/demos/runs/' or 1=1/",
    ],
)  # fmt: skip
def test_a_run_that_is_not_there_is_not_found(client_of, ada, path) -> None:
    assert client_of(ada).get(path).status_code == 404


def test_a_run_of_a_demo_that_is_not_here_any_more_is_not_found(client_of, ada) -> None:
    run = done(ada)
    DemoRun.objects.update(slug="gone")
    assert client_of(ada).get(run.get_absolute_url()).status_code == 404


def test_no_cache_keeps_it(client_of, ada) -> None:
    response = client_of(ada).get(done(ada).get_absolute_url())
    assert "no-store" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]
