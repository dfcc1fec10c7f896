"""The same deck as the reports have."""

from tests.reports.conftest import own

__all__ = ["own"]
