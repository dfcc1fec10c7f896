"""A site with warm workers, as `make run` starts them, for what is measured of demos."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.workers.site import Workers


@contextmanager
def warm(*queues: str) -> Iterator["Workers"]:
    """The web, the queues' workers and the keeper; each queue has run a demo. No limit is met by asking often."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
    django.setup()
    from tests.workers.site import QUICK, seeded, working

    settings = dict.fromkeys(QUICK, "") | {"DEMO_PER_HOUR": "10000", "DEMO_PER_HOUR_AND_ADDRESS": "10000"}
    with (
        tempfile.TemporaryDirectory() as folder,
        working(Path(folder), "web", *queues, "keeper", **settings) as site,
    ):
        for queue in queues:
            site.page({"light": "softmax_table", "heavy": "lr_find"}[queue], **seeded()).wait_until("done")
        yield site
