"""`python -m tests.chaos [calamity ...]`: all, or the named ones; then 10,000 grades that are each sent twice at once.

After each calamity: every grade that got an answer is there, once; no other is; `replay --check` finds nothing; a demo
asked for before it, and one after it, are done by themselves; and learners reviewed meanwhile wherever the database was
up. Exits with 1 at the first that is not so. `--doubles N` sends N grades twice. `--steady MINUTES` breaks nothing: it
is at load for so long, and fails where memory, connections, a queue or the disk grew.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.services import PostgreSQL

DOUBLES = 10_000


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    parser.add_argument("calamities", nargs="*", metavar="calamity")
    parser.add_argument("--doubles", type=int, default=DOUBLES)
    parser.add_argument("--steady", type=float, metavar="MINUTES")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # PostgreSQL's owner looks into it
        postgresql = stack.enter_context(PostgreSQL(folder / "postgresql").running())
        # This process's models are the site's: its settings are read when Django is set up.
        os.environ |= {
            "DATABASE_URL": postgresql.url, "REDIS_URL": "redis://127.0.0.1:1/0",
            "DJANGO_SETTINGS_MODULE": "chapter5.settings", "DATA_DIR": str(folder / "own"),
        }  # fmt: skip
        import django

        django.setup()
        from tests.chaos.run import Chaos
        from tests.chaos.steady import endure_nothing

        chaos = stack.enter_context(Chaos.on(folder, postgresql))
        if given.steady:
            endure_nothing(chaos, given.steady)
            return 0
        for calamity in chaos.chosen(given.calamities):
            chaos.endure(calamity)
        if given.doubles:
            chaos.send_twice(given.doubles)
    return 0


if __name__ == "__main__":
    sys.exit(main())
