"""Rows that are written once: the study events, the settings they name, the revisions."""

from typing import Any, NoReturn

from django.db import models


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete a row that is written once."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses what changes rows in bulk. `rewrite` is the door for the one merge of accounts that may."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append-only.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append-only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{self.model.__name__} rows are append-only.")

    def rewrite(self, **kwargs: Any) -> int:
        """Django's own update. Only a merge of two accounts may call it, and only for owner and number."""
        return super().update(**kwargs)


class AppendOnly(models.Model):
    """A model whose rows can be added and read, never saved again and never deleted one by one.

    They go only with the learner or the card that owns them (Django's cascade).
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"{type(self).__name__} rows are append-only.")
