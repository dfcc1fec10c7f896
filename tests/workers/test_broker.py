"""The embedded broker: each message once, in order; a file that is no message harms nobody."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

import chapter5.celery  # noqa: F401  (names the transport)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "queue"


@pytest.fixture
def broker(folder: Path) -> Iterator[Connection]:
    options = {"folder": str(folder), "polling_interval": 0.01}
    with Connection("files://localhost", transport_options=options) as connection:
        yield connection


def take(broker: Connection, queue: str = "light") -> object:
    with broker.SimpleQueue(queue) as simple:
        message = simple.get(block=False)
        message.ack()
        return message.payload


def put(broker: Connection, *bodies: object, queue: str = "light") -> None:
    with broker.SimpleQueue(queue) as simple:
        for body in bodies:
            simple.put(body)


def test_messages_come_once_and_in_order(broker, folder) -> None:
    put(broker, 1, 2)
    put(broker, 9, queue="heavy")
    assert [take(broker), take(broker), take(broker, "heavy")] == [1, 2, 9]
    with pytest.raises(Empty):
        take(broker)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"{",
        b"[1, 2]",
        b'"text"',
        b'{"body": "e30="}',
        b'{"body": "e30=", "headers": {}, "properties": {}}',
        b'{"body": 7, "headers": {}, "properties": {"delivery_tag": "1", "body_encoding": "base64"}}',
        b"{}" * 10_000,
    ],
)
def test_a_file_that_is_no_message_is_put_aside_and_said(broker, folder, caplog, content) -> None:
    folder.mkdir()
    (folder / "0_foreign.light.msg").write_bytes(content)
    put(broker, "after it")
    assert take(broker) == "after it"
    assert [path.name for path in folder.iterdir()] == ["0_foreign.light.msg.unreadable"]
    assert "cannot be read" in caplog.text


def test_a_message_that_is_being_written_is_not_seen(broker, folder) -> None:
    put(broker, 1)
    (whole,) = folder.iterdir()
    whole.rename(folder / f".{whole.name}")
    with pytest.raises(Empty):
        take(broker)


def test_a_folder_that_is_removed_is_empty_and_made_anew(broker, folder) -> None:
    put(broker, 1)
    shutil.rmtree(folder)
    with pytest.raises(Empty):
        take(broker)
    shutil.rmtree(folder, ignore_errors=True)
    put(broker, 2)
    assert take(broker) == 2


def test_a_folder_that_cannot_be_used_is_said_once_and_waited_for(broker, folder, caplog) -> None:
    with broker.SimpleQueue("light") as queue:
        shutil.rmtree(folder)
        folder.touch()
        for _ in range(5):
            with pytest.raises(Empty):
                queue.get(block=False)
        assert caplog.text.count("The queue cannot be used") == 1
        folder.unlink()
        put(broker, 1)
        assert queue.get(block=False).payload == 1
        assert caplog.text.count("can be used again") == 1


def test_readers_in_many_threads_share_the_messages(folder) -> None:
    options = {"folder": str(folder), "polling_interval": 0.01}

    def read(_: int) -> list[object]:
        found = []
        with Connection("files://localhost", transport_options=options) as connection:
            for _ in range(60):
                try:
                    found.append(take(connection))
                except Empty:
                    break
        return found

    with Connection("files://localhost", transport_options=options) as connection:
        put(connection, *range(60))
    with ThreadPoolExecutor(6) as pool:
        shares = list(pool.map(read, range(6)))
    assert sorted(number for share in shares for number in share) == list(range(60))
