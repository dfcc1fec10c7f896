"""Sessions as Django keeps them in the database, read in one statement with the learner whom they belong to.

Nothing of who may come in is kept between requests: a session that was ended, a password that was changed, a learner
who is gone or shut out count at once. What is kept is whose a session was the last time, as a guess of whom to read
along; a wrong guess costs one query more.
"""

import json
from functools import cache, lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core import signing
from django.db import connection

from cards.clock import now
from cards.models import Learner, StudySettings
from cards.models.built import ID, Statement, columns, made

GUEST_ID = "guest_id"  # in the session: whose row this browser's guest is
MOST_GUESSES = 20_000
guesses: dict[str, int] = {}  # whose a session was


WITH_LEARNER = """
SELECT s.session_data, learner.* FROM django_session s LEFT JOIN (%s) learner ON TRUE
WHERE s.session_key = %%s AND s.expire_date > %%s
"""


@cache
def _with_learner() -> Statement:
    names = [*columns(Learner), *columns(StudySettings, "study_settings__")]
    learner, params = Learner.objects.filter(pk=ID).values_list(*names).query.sql_with_params()
    return Statement(WITH_LEARNER % learner, [*params, "session_key", "now"])


def _made(values: list[Any]) -> Learner | None:
    if values[0] is None:
        return None
    width = len(columns(Learner))
    learner = made(Learner, values[:width])
    learner.study_settings = made(StudySettings, values[width:])
    return learner


class SessionStore(DatabaseStore):
    """`learner` is who was read along, None where nobody was: who may say so, `cards.http` decides."""

    learner: Learner | None = None

    def load(self) -> dict[str, Any]:
        guess = guesses.get(self.session_key or "")
        if guess is None or connection.vendor != "postgresql":
            return self._noted(super().load())
        rows = _with_learner().rows({ID: guess, "session_key": self.session_key, "now": now()})
        if not rows:
            self._session_key = None
            return {}
        data, *values = rows[0]
        self.learner = _made(values)
        return self._noted(self.decode(data))

    def save(self, must_create: bool = False) -> None:
        super().save(must_create=must_create)
        self._noted(dict(self.items()))

    def _noted(self, data: dict[str, Any]) -> dict[str, Any]:
        found = data.get(SESSION_KEY) or data.get(GUEST_ID)
        if found and self.session_key:
            if len(guesses) >= MOST_GUESSES:
                guesses.clear()
            guesses[self.session_key] = int(found)
        return data

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The same as Django's; that a text is signed by us is found out once."""
        try:
            data: dict[str, Any] = json.loads(_signed(str(session_data), self.key_salt))
        except ValueError:
            return super().decode(session_data)
        return data


class _Unread:
    """A serializer that leaves what was signed as it is."""

    @staticmethod
    def loads(data: bytes) -> bytes:
        return data


@lru_cache(maxsize=4_096)
def _signed(text: str, salt: str) -> bytes:
    """What was signed. Raises ValueError where it was not by us."""
    try:
        signed: bytes = signing.loads(text, salt=salt, serializer=_Unread)  # type: ignore[arg-type]
    except signing.BadSignature as bad:
        raise ValueError from bad
    return signed
