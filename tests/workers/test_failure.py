"""What breaks, breaks one run at most, and its page says so. Real processes, on the environment's broker."""

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import psutil
import pytest
import redis
from django.conf import settings
from django.db import OperationalError, connection

from cards.actions.demo_runs import LOST, TOO_LONG
from cards.actions.learners import guest_for
from cards.clock import now
from cards.demos.registry import demo
from cards.models import DemoResult, DemoRun, DemoWorker
from cards.models.demo_runs import result_key
from tests.bench.client import Guest
from tests.server import PATIENCE_SECONDS
from tests.workers.site import MOST_SECONDS, Workers, is_gone, seeded, wait_until, working

pytestmark = pytest.mark.xdist_group("workers")
KEPT_BYTES = 100_000_000
LONGEST = timedelta(seconds=MOST_SECONDS + PATIENCE_SECONDS)  # from a click to an end, of whatever kind


@pytest.fixture(autouse=True)
def _the_next_demos_run(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did: the next demo of each queue runs; each run came to its end soon, none with two results."""
    yield
    if "workers" in request.fixturenames:
        workers = request.getfixturevalue("workers")
        for page in (workers.page("lr_find", **seeded(steps="50")), workers.page(**seeded())):
            assert page.wait_until("done").attempt == 1
        wait_until(lambda: not DemoRun.objects.unfinished().exists(), "all have ended", workers)
        assert all(run.finished_at - run.created_at < LONGEST for run in DemoRun.objects.all())
        done = DemoRun.objects.filter(status="done").exclude(attempt=0)
        assert DemoResult.objects.count() == done.values("result").distinct().count() == done.count()


# --- killed -----------------------------------------------------------------------------------------------------------


def test_the_run_of_a_killed_child_is_tried_once_more(workers) -> None:
    page = workers.lasting()
    workers.child("heavy").kill()
    assert_no_transaction_is_left()
    assert page.wait_until("done").attempt == 2


def test_the_run_of_a_killed_parent_is_tried_once_more(workers) -> None:
    page = workers.lasting()
    child = workers.child("heavy")
    child.parent().kill()
    wait_until(lambda: is_gone(child), "the child is cleared away", workers)
    assert_no_transaction_is_left()
    assert page.wait_until("done").attempt == 2


def test_a_run_that_lost_its_child_and_then_its_parent_fails(workers) -> None:
    page = workers.endless()
    workers.child("heavy").kill()
    wait_until(
        lambda: page.run.attempt == 2 and page.run.progress.get("step", 0) > 30, "the second attempt", workers
    )
    workers.child("heavy").parent().kill()
    run = page.wait_until("failed")
    assert (run.attempt, run.error, run.result) == (2, LOST, None)


def test_a_killed_keeper_is_started_again(workers) -> None:
    workers.child("care").kill()
    page = workers.lasting()
    workers.child("heavy").kill()
    assert page.wait_until("done").attempt == 2


def assert_no_transaction_is_left() -> None:
    """Of what was killed just now: the next writer has its turn. What goes on has short ones, too."""
    if connection.vendor == "sqlite":
        assert can_write(PATIENCE_SECONDS)
    else:
        wait_until(lambda: not idle_in_transaction(), "no transaction is left")


def can_write(seconds: float) -> bool:
    """Whether nobody holds SQLite's one lock for that long."""
    with connection.cursor() as cursor, contextlib.closing(connection):
        cursor.execute(f"PRAGMA busy_timeout = {1_000 * seconds:.0f}")
        with contextlib.suppress(OperationalError):
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
            return True
    return False


def idle_in_transaction() -> set[int]:
    """The connections to this database that have begun a transaction and ask for nothing, by their backends' pids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND state LIKE 'idle in transaction%'"
        )
        return {pid for (pid,) in cursor.fetchall()}


# --- hung, or too large -----------------------------------------------------------------------------------------------


def test_a_child_that_stands_still_is_killed_and_its_run_tried_once_more(workers) -> None:
    page = workers.lasting()
    child = workers.child("heavy")
    stand_still(child)
    assert page.wait_until("done").attempt == 2
    assert is_gone(child)


def stand_still(child: psutil.Process) -> None:
    """It is stopped where it holds no lock of SQLite's: that would keep all who write waiting."""
    child.suspend()
    while connection.vendor == "sqlite" and not can_write(seconds=5):
        child.resume()
        time.sleep(0.1)
        child.suspend()


def test_a_run_over_its_time_is_stopped_however_lively(workers) -> None:
    page = workers.endless()
    child = workers.child("heavy")
    run = page.wait_until("failed")
    assert (run.attempt, run.error) == (1, TOO_LONG)
    assert run.finished_at - run.started_at < timedelta(seconds=2 * MOST_SECONDS)
    wait_until(lambda: is_gone(child), "the child is gone", workers)


@pytest.mark.parametrize("pattern", [r"(.+)+x$", r"(?:(?:){65535}){65535}"])
def test_a_pattern_that_runs_away_is_stopped_and_its_child_goes_on(workers, pattern: str) -> None:
    """Python's re lets no other thread run meanwhile, the pulse neither."""
    child = workers.child("light")
    run = workers.page("regex_labels", **seeded(pattern=pattern)).wait_until("failed")
    assert "ran away" in run.error
    assert run.attempt == 1
    assert workers.page("regex_labels", **seeded()).wait_until("done").attempt == 1
    assert workers.child("light") == child


def test_what_a_run_took_its_child_gives_back(workers) -> None:
    """Two networks of some hundred MB, of which the allocator alone would keep most."""
    for _ in range(3):  # its own limit, half a minute, can be too short on a busy machine
        child = workers.child("heavy")
        workers.page("lr_find", **seeded(steps="50")).wait_until("done")
        before = child.memory_info().rss
        run = workers.page("resnet_depth", **seeded(depths="50,101")).wait_for_the_end()
        if run.error != TOO_LONG:
            break
    assert run.status == "done", run.error
    wait_until(lambda: child.memory_info().rss < before + KEPT_BYTES, "it is given back", workers)
    assert workers.child("heavy") == child


def test_a_run_over_its_memory_is_stopped_and_a_result_that_is_too_large_is_not_kept(
    reach_database, tmp_path
) -> None:
    limits = {
        "DEMO_MOST_MEGABYTES": "300",
        "DEMO_RESULT_BYTES": "1000",
    }  # fastai alone takes more, a table too
    with working(tmp_path, "web", "light", "heavy", "keeper", **limits) as lean:
        large = lean.page(**seeded())
        child = lean.child("light")
        assert "MB is the most" in large.wait_until("failed").error
        assert lean.child("light") == child
        page = lean.page("lr_find", **seeded())
        run = page.wait_until("failed")
        assert (run.attempt, run.error) == (1, "It needed more than 300 MB of memory, and was stopped.")
        assert DemoResult.objects.count() == 0


# --- the broker, the database -----------------------------------------------------------------------------------------


def test_a_broker_that_stops_and_returns_empty_delays_what_was_asked_meanwhile(workers) -> None:
    usual = quickest(lambda: click(workers))
    page = workers.begun()
    with workers.broker.away():
        meanwhile = workers.page(**seeded())
        assert quickest(lambda: click(workers)) < 5 + 2 * usual  # whoever asked has their page
        assert meanwhile.run.status == "queued"
        assert page.wait_until("done").attempt == 1  # its child went on
        if settings.REDIS_URL:
            wait_until(lambda: "Couldn't ack" in workers.log, "its end finds no broker", workers)
    assert meanwhile.wait_until("done").attempt == 1


@pytest.mark.skipif(not settings.REDIS_URL, reason="a folder answers at once")
def test_a_redis_that_is_away_or_says_nothing_keeps_nobody_waiting(workers) -> None:
    """Beyond the usual on this machine: less than the pause before another try (2 s), or redis-py's patience (5 s)."""

    def is_ready() -> None:
        with urllib.request.urlopen(f"{workers.server.url}/readyz", timeout=30) as answer:
            assert json.load(answer)["state"] == "degraded"

    usual = quickest(lambda: click(workers))
    with workers.broker.away():
        for _ in range(8):
            click(workers)  # by now each of the web's processes has lost the connection that it had
        away = quickest(lambda: click(workers))
    with workers.broker.silent():
        silent = max(quickest(lambda: click(workers)), quickest(is_ready))
    assert away < 1 + 2 * usual
    assert silent < 4 + 2 * usual


def click(workers: Workers) -> None:
    workers.page(**seeded()).cancel()


def quickest(act: Callable[[], None]) -> float:
    """The seconds of the one of a few that nothing else held up."""
    seconds = []
    for _ in range(4):
        start = time.monotonic()
        act()
        seconds.append(time.monotonic() - start)
    return min(seconds)


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="messages are no files")
def test_a_queue_folder_that_is_removed_is_made_anew(workers) -> None:
    workers.broker.queue_folder.mkdir(exist_ok=True)  # else it comes with the first message
    workers.broker.queue_folder.rename(workers.folder / f"removed-{uuid4()}")  # at once, whatever is in it
    assert workers.page(**seeded()).wait_until("done").attempt == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has no connections")
def test_a_database_that_drops_its_connections_is_connected_to_anew(workers) -> None:
    page = workers.begun()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert page.wait_until("done").attempt == 1


# On Redis each ends the worker that meets it, and the supervisor starts another: two are enough.
NO_MESSAGES = [b"\x00\xff{", b'{"body": "e30=", "headers": {}, "properties": {}}'] + (
    [] if settings.REDIS_URL else [b"", b"{", b"[1, 2]", b'"text"', b"{}"]
)


def test_what_is_no_message_harms_nobody(workers) -> None:
    page = workers.begun()
    children = [workers.child(queue) for queue in ("light", "heavy")]
    for content in NO_MESSAGES:
        for queue in ("light", "heavy"):
            workers.broker.put(queue, content)
    assert page.wait_until("done").attempt <= (2 if settings.REDIS_URL else 1)
    if not settings.REDIS_URL:
        folder = workers.broker.queue_folder
        wait_until(
            lambda: len(list(folder.glob("*.unreadable"))) == 2 * len(NO_MESSAGES), "all put aside", workers
        )
        assert [workers.child(queue) for queue in ("light", "heavy")] == children
    else:
        with redis.Redis(port=workers.broker.port) as broker:
            wait_until(lambda: not broker.exists("light", "heavy"), "all were met", workers)
        for queue in ("light", "heavy"):
            workers.child(queue)


# --- delivered too often, or nonsense ---------------------------------------------------------------------------------


def test_a_run_that_is_delivered_ten_times_at_once_is_computed_once(workers) -> None:
    children = [workers.child(queue) for queue in ("light", "heavy")]
    with workers.suspended("light", "heavy"):
        page = workers.page(**seeded())
        for _ in range(5):
            for queue in ("light", "heavy"):
                workers.broker.send(queue, str(page.run_id))
    assert page.wait_until("done").attempt == 1
    assert [workers.child(queue) for queue in ("light", "heavy")] == children


def test_messages_of_no_run_harm_nobody(workers) -> None:
    child = workers.child("light")
    for arguments in (
        (),
        ("",),
        ("no id",),
        (None,),
        (7,),
        ({"a": [1]},),
        (str(uuid4()),),
        (str(uuid4()), "more"),
    ):
        workers.broker.send("light", *arguments)
    assert workers.page(**seeded()).wait_until("done").attempt == 1
    assert workers.child("light") == child


NONSENSE = [
    ("no_such_demo", {}),
    ("../../etc/passwd", {}),
    ("softmax_table", []),
    ("softmax_table", {"steps": 100}),
    ("softmax_table", {"activations": "1,2"}),
    ("softmax_table", {"activations": ["NaN", "1e308", {}]}),
    ("softmax_table", {"activations": [[1], [2, 3]]}),
    ("softmax_table", {"activations": []}),
    ("lr_find", {"activations": [1, 2]}),
    ("lr_find", {"start_rate": "", "end_rate": None, "steps": 1e308, "batch_size": -1}),
]


def test_rows_with_nonsense_in_them_fail(workers) -> None:
    queues = ["heavy" if slug == "lr_find" else "light" for slug, _ in NONSENSE]
    children = [workers.child(queue) for queue in ("light", "heavy")]
    learner = guest_for(claim=uuid4().hex, time_zone="UTC", now=now())
    for queue, (slug, parameters) in zip(queues, NONSENSE, strict=True):
        run = DemoRun.objects.create(
            learner=learner,
            slug=slug,
            queue=queue,
            parameters=parameters,
            seed=1,
            created_at=now(),
            sent_at=now(),
        )
        workers.broker.send(queue, str(run.pk))
    runs = DemoRun.objects.filter(learner=learner)
    wait_until(lambda: not runs.unfinished().exists(), "all are over", workers)
    assert {(run.status, run.attempt, run.result, bool(run.error)) for run in runs} == {
        ("failed", 1, None, True)
    }
    assert [workers.child(queue) for queue in ("light", "heavy")] == children


def test_a_run_asked_for_before_its_demo_had_a_parameter_has_the_default(workers) -> None:
    """As one that waited while the site was upgraded; its page says with what it was computed."""
    with workers.suspended("heavy"):
        page = workers.page("lr_find", **seeded(steps="50"))
        run = page.run
        del run.parameters["then"]
        run.save(update_fields=["parameters"])
    run = page.wait_until("done")
    lr_find = demo("lr_find")
    assert run.parameters == lr_find.read({"steps": "50"})
    environment = DemoWorker.lately("heavy", now() - timedelta(minutes=1)).environment
    assert run.result.key == result_key("lr_find", run.parameters, run.seed, environment)


# --- side by side -----------------------------------------------------------------------------------------------------


def test_a_heavy_run_holds_up_neither_a_light_one_nor_a_grade_and_can_be_cancelled(workers) -> None:
    guest = Guest(workers.server.url)
    page = workers.endless()
    for _ in range(5):
        guest.grade(1)
    assert page.run.status == "running", "a grade waited for its end"
    workers.page(**seeded()).wait_until("done")
    assert page.run.status == "running", "a light one waited for its end"
    child = workers.child("heavy")
    page.cancel()
    assert page.run.status == "cancelled"
    workers.page("lr_find", **seeded(steps="50")).wait_until("done")
    assert workers.child("heavy") == child  # it heard


def test_the_web_has_loaded_nothing_that_computes(workers) -> None:
    """After all that it was asked here: no library of the worker's is mapped into its processes."""

    def webs() -> list[psutil.Process]:
        found = []
        for process in workers.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                if "granian" in process.cmdline():
                    found.append(process)
        return found

    wait_until(lambda: len(webs()) == 3, "one that watches, two that answer", workers)
    for process in webs():
        mapped = {path.path for path in process.memory_maps()}
        assert not [path for path in mapped if "/torch" in path or "/numpy/" in path]
    assert any("/torch" in path.path for path in workers.child("light").memory_maps())


# --- no worker --------------------------------------------------------------------------------------------------------

HIDE = """
import sys
from pathlib import Path

class Hidden:
    def find_spec(name, path=None, target=None):
        if name == "torch" and Path(__file__).with_name("hidden").exists():
            raise ModuleNotFoundError("No module named 'torch'", name=name)

sys.meta_path.insert(0, Hidden)
"""


def test_without_a_worker_all_but_demos_works_and_a_run_that_waits_begins_once_one_is_there(
    reach_database, tmp_path
) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(HIDE)
    hidden = tmp_path / "python" / "hidden"
    hidden.touch()
    with working(tmp_path, "web", "light", "keeper", PYTHONPATH=str(tmp_path / "python")) as workers:
        page = workers.page(**seeded())
        assert "Demos cannot run at the moment" in page.html
        wait_until(
            lambda: workers.log.count("light ended with 1; starting it again") > 1, "it tries", workers
        )
        assert "Demos cannot run at the moment" in page.poll()
        Guest(workers.server.url).grade(3)
        hidden.unlink()
        assert page.wait_until("done").attempt == 1
