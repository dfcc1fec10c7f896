"""The lines of the log: one JSON object each, or text for people; and the id that ties those of one request together.

For every process of the site, those without Django too (granian's first one, the supervisor): hence no Django here.
"""

import json
import logging
import logging.config
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from chapter5.settings import LOG_FORMAT, LOGGING

# Of the request that this thread is at, or was at last: so lines from its closing have it too. A thread begins without.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# What each record has, and what only Django needs: all else that a record carries was given to it by whoever logs.
PLAIN = {*vars(logging.makeLogRecord({})), "message", "asctime", "request"}


class Json(logging.Formatter):
    """Time (UTC), level, logger, message, then the record's extras, request_id among them, and a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        instant = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": instant.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in PLAIN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def handler() -> logging.Handler:
    """Writes to stderr, in the format that LOG_FORMAT names."""
    made = logging.StreamHandler()
    made.addFilter(_identified)
    if LOG_FORMAT == "json":
        made.setFormatter(Json())
    else:
        line = "{asctime} {levelname} {name} {request_id}: {message}"
        made.setFormatter(logging.Formatter(line, style="{", defaults={"request_id": "-"}))
    return made


def _identified(record: logging.LogRecord) -> bool:
    if found := request_id.get():
        record.request_id = found
    return True


def configure(configuration: dict[str, Any] = LOGGING) -> None:
    """What Django does with LOGGING, and other processes do by themselves. Python's warnings become lines, too."""
    logging.config.dictConfig(configuration)
    logging.captureWarnings(True)
