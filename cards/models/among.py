"""`among`: as `in`, of what a query finds, where that is one of several ways to fit: `Q(owner=…) | Q(group__among=…)`.

PostgreSQL finds rows that fit one of several conditions by an index for each, but not where one of them is a subquery:
then it reads all rows. So the subquery is asked first, as an array.
"""

from typing import Any

from django.db.models import Field, ForeignKey
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In


class _AsArray:
    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= ANY (ARRAY{rhs})" if connection.vendor == "postgresql" else f"IN {rhs}"


@Field.register_lookup
class Among(_AsArray, In):
    """Of a query that finds ids."""


@ForeignKey.register_lookup
class RelatedAmong(_AsArray, RelatedIn):
    """Of a query that finds rows of the model that is referred to, or their ids."""
