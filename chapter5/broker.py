"""The embedded broker: messages are files in a folder. Kombu's own, where a torn or foreign file harms nobody.

Kombu writes a message in place, so that a reader can find half of it, and a worker that meets a file which is no
message, or misses the folder, dies of it. Here a message appears whole, under its name; what cannot be read is put
aside and logged; and a folder that is missing is made anew. Bindings are kept in memory, as no queue of ours is a
broadcast.
"""

import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Messages are `<instant>_<id>.<queue>.msg`, the oldest first; `.unreadable` is what was put aside."""

    supports_fanout = False
    get_table = virtual.Channel.get_table  # type: ignore[assignment]
    _delete = virtual.Channel._delete
    trouble = ""  # with the folder, as last logged

    @property
    def folder(self) -> Path:
        return Path(self.transport_options["folder"])

    @property
    def data_folder_in(self) -> str:  # kombu's name, for its _size and _purge
        self.folder.mkdir(parents=True, exist_ok=True)
        return str(self.folder)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        hidden = self.folder / f".{name}"
        hidden.write_text(dumps(payload))
        hidden.rename(self.folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message. Raises Empty, also while the folder cannot be used: its worker has work in hand."""
        try:
            message, trouble = self._oldest(queue), ""
        except OSError as error:
            message, trouble = None, str(error)
        if trouble != self.trouble:
            self.trouble = trouble
            logger.error("The queue %s.", f"cannot be used: {trouble}" if trouble else "can be used again")
        if message is None:
            raise Empty
        return message

    def _oldest(self, queue: str) -> Any:
        try:
            names = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return None  # until the first message
        for name in names:
            if name.startswith(".") or name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = self.folder / f".{name}.taken"
            try:
                (self.folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another worker's now
            try:
                message = loads(taken.read_text())
                self.Message(message, channel=self)  # which its consumer does, and dies of what is none
            except OSError:
                raise
            except Exception as error:
                aside = self.folder / f"{name}.unreadable"
                taken.rename(aside)
                logger.error("A file in the queue cannot be read (%r); it lies at %s.", error, aside)
                continue
            taken.unlink()
            return message
        return None


class Transport(filesystem.Transport):  # type: ignore[misc]
    """`files://`, whose messages lie in the transport option `folder`."""

    Channel = Channel
    driver_type = driver_name = "files"
