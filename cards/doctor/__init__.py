"""Looks at an installation, and says what to do. Nothing of the site is changed by it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cards.doctor import database, demos, installation, mail, services, site
from cards.doctor.finding import Finding, State, first_line, problem, skipped

__all__ = ["CHECKS", "Check", "Finding", "State", "examine"]


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at (None comes back where it has no place), and which checks before it must not be broken."""

    name: str
    look: Callable[[], Finding | None]
    needs: tuple[str, ...] = ()


CHECKS = (
    Check("Python", installation.python),
    Check("packages", installation.packages),
    Check("secret key", installation.secret_key),
    Check("data folder", installation.data_folder),
    Check("disk", installation.disk, needs=("data folder",)),
    Check("time zones", installation.time_zones),
    Check("clock", site.clock),
    Check("static files", installation.static_files),
    Check("Python console", installation.console),
    Check("visitors", installation.visitors),
    Check("Django", site.django),
    Check("mail", mail.server),
    Check("database", database.server),
    Check("database clock", database.clock, needs=("clock", "database")),
    Check("migrations", database.migrations, needs=("database",)),
    Check("Redis", services.redis_server),
    Check("queue folder", services.queue_folder),
    Check("cache", services.cache, needs=("database", "Redis")),
    Check("decks", site.decks, needs=("migrations",)),
    Check("admins", site.admins, needs=("migrations",)),
    Check("schedules", site.schedules, needs=("migrations",)),
    Check("digests", mail.digests, needs=("mail", "migrations")),
    Check("demo workers", demos.workers, needs=("migrations",)),
    Check("demo runs", demos.runs, needs=("migrations",)),
    Check("demo libraries", demos.libraries, needs=("migrations",)),
)


def examine(checks: tuple[Check, ...] = CHECKS) -> Iterator[tuple[str, Finding]]:
    """What each check finds, one after the other, by its name. A check that fails itself hinders no other."""
    causes: dict[str, str] = {}  # of each broken check: the one to mend first
    for check in checks:
        cause = next((causes[name] for name in check.needs if name in causes), None)
        try:
            finding = skipped(cause) if cause else check.look()
        except Exception as error:
            finding = problem(
                f"It could not be looked at ({type(error).__name__}: {first_line(error)}).",
                "Mend what that names, or report it as a fault of chapter5.",
            )
        if finding is None:
            continue
        if finding.state in {State.PROBLEM, State.SKIPPED}:
            causes[check.name] = cause or check.name
        yield check.name, finding
