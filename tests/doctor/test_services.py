"""The doctor on cache and broker: a real Redis, stopped or set otherwise; a folder that cannot be used."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty

import pytest
import redis
from kombu import Connection

import chapter5.celery  # noqa: F401  (names the transport)
from cards.doctor.services import cache, queue_folder, redis_server
from chapter5.supervise import end_with_parent
from tests.server import free_port
from tests.workers.site import wait_until

with_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="Redis is not installed")


@pytest.fixture
def start_redis(settings, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts one with the given arguments, which the site then uses."""
    with ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            port = free_port()
            process = subprocess.Popen(
                ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", *arguments],
                cwd=tmp_path, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            wait_until(lambda: answers(port), "Redis answers")
            settings.REDIS_URL = f"redis://anybody:of-nobodys-business@127.0.0.1:{port}/2"
            settings.CACHES = {
                "default": {
                    "BACKEND": "django.core.cache.backends.redis.RedisCache",
                    "LOCATION": f"redis://127.0.0.1:{port}/2",
                }
            }
            return process

        yield start


def answers(port: int) -> bool:
    try:
        return bool(redis.Redis(port=port).ping())
    except redis.AuthenticationError:
        return True
    except redis.ConnectionError:
        return False


# --- Redis ------------------------------------------------------------------------------------------------------------

EVERYBODY = ("--user", "anybody", "on", "nopass", "~*", "+@all")


@with_redis
@pytest.mark.parametrize(
    ("policy", "state"),
    [
        ("noeviction", "ok"),
        ("volatile-lru", "ok"),
        ("volatile-ttl", "ok"),
        ("allkeys-lru", "warning"),
        ("allkeys-random", "warning"),
    ],
)
def test_redis_must_not_drop_messages_when_it_is_full(said, start_redis, policy: str, state: str) -> None:
    start_redis("--maxmemory", "50mb", "--maxmemory-policy", policy, *EVERYBODY)
    text = said(redis_server())
    assert text.startswith(f"{state}: 127.0.0.1:")
    assert policy in text
    assert (" drops messages when it is full" in text) == (state == "warning")
    assert "business" not in text
    assert said(cache()) == "ok: Redis keeps a value."


@with_redis
def test_a_redis_that_is_stopped(said, start_redis) -> None:
    process = start_redis(*EVERYBODY)
    process.kill()
    process.wait()
    for text in (said(redis_server()), said(cache())):
        assert text.startswith("problem: ")
        assert "Connection refused" in text
        assert "business" not in text


@with_redis
def test_a_redis_that_knows_another_password(said, start_redis) -> None:
    start_redis("--requirepass", "another")
    assert said(redis_server()).startswith("problem: 127.0.0.1:")
    assert "invalid username-password pair" in said(redis_server())


@with_redis
def test_a_redis_that_is_full(said, start_redis) -> None:
    start_redis("--maxmemory", "1", "--maxmemory-policy", "noeviction", *EVERYBODY)
    assert said(redis_server()).startswith("ok: ")
    assert said(cache()).startswith("problem: Redis cannot be used as the cache: ")
    assert "maxmemory" in said(cache())


def test_without_redis_there_is_nothing_to_say_of_it(settings) -> None:
    settings.REDIS_URL = ""
    assert redis_server() is None


# --- the database's table ---------------------------------------------------------------------------------------------


def test_a_cache_that_keeps_a_value(said, settings) -> None:
    settings.REDIS_URL = ""
    assert said(cache()) == "ok: The database's table keeps a value."


def test_a_cache_that_forgets(said, settings) -> None:
    settings.REDIS_URL = ""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert said(cache()).startswith("problem: The database's table forgets what the cache is told")


@pytest.mark.django_db
def test_a_cache_without_its_table(said, settings) -> None:
    settings.REDIS_URL = ""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "not_made"}
    }
    text = said(cache())
    assert text.startswith("problem: The database's table cannot be used as the cache: ")
    assert "not_made" in text
    assert text.endswith("Run `manage.py prepare`, which makes the table.")


# --- the queue's folder -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    settings.REDIS_URL = ""
    path = tmp_path / "queue"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(path)}
    return path


def test_a_queue_folder_takes_messages_and_stays_as_it_was(said, folder) -> None:
    assert said(queue_folder()) == f"ok: {folder} takes messages."
    assert list(folder.iterdir()) == []


def test_a_queue_folder_that_cannot_be_written(said, folder) -> None:
    folder.touch()
    assert said(queue_folder()).startswith(f"problem: No message can be written into {folder} (")


def test_what_the_broker_put_aside_is_named(said, folder) -> None:
    folder.mkdir()
    (folder / "1_garbage.light.msg").write_bytes(b"\x00\xff")
    (folder / "2_waiting.heavy.msg").write_bytes(b"")  # not looked at yet
    with (
        Connection("files://localhost", transport_options={"folder": str(folder)}) as broker,
        broker.SimpleQueue("light") as queue,
        pytest.raises(Empty),
    ):
        queue.get(block=False)
    assert said(queue_folder()) == (
        f"warning: No messages, and put aside in {folder}: 1_garbage.light.msg.unreadable. "
        "Find out who writes there, and delete them."
    )


def test_with_redis_the_folder_does_not_matter(settings, folder) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"
    assert queue_folder() is None
    assert not folder.exists()
