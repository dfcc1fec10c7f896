"""What learners do on a day, and what that takes: rows, bytes, requests, connections, seconds of CPU.

The habits are assumed, the costs were measured. docs/scaling.md has the table, and a test holds the two together.
"""

from dataclasses import dataclass
from math import ceil, cos, pi

# --- habits, assumed ---
STUDY = 0.4  # of all learners on a day
SESSIONS = 1.2  # of each of them
CARDS = 30  # in a session
THINK_SECONDS, GRADE_SECONDS = 8.0, 4.0  # before the answer is asked for, and before it is graded
PAGES = {  # of a session, how often
    "/": 1.0, "/review/": 1.0, "/decks/": 0.3, "/statistics/": 0.1, "/groups/": 0.1, "/search/?q=is:due": 0.1,
}  # fmt: skip
DEMOS, HEAVY = 1.0, 0.1  # of a session, and of these such as train a network
POLLS = 2  # of a demo's page
LEARNT = 500  # cards of each learner, after a year
PEAK_HOUR, VALLEY = 20, 0.15  # when most learn, and what share of that at the opposite hour
DAYS = 365

# --- costs, measured: docs/performance.md and docs/scaling.md say when and how ---
EVENT_BYTES = 261  # with its entries in indexes
SCHEDULE_BYTES = 261
WEB_SECONDS = 0.006  # of CPU, a request
DATABASE_SECONDS = 0.0034
LIGHT_SECONDS, HEAVY_SECONDS = 0.2, 2.6  # of a worker, a demo
THREADS = 4  # of a web, each with a connection
BUSY = 0.5  # of a core or a worker, at most: more, and requests wait for one another


@dataclass(frozen=True, slots=True)
class Needs:
    """Of so many learners. Cores and workers are those of the hour in which most learn."""

    learners: int

    @property
    def sessions(self) -> float:
        """On a day."""
        return self.learners * STUDY * SESSIONS

    @property
    def reviews(self) -> float:
        return self.sessions * CARDS

    @property
    def requests(self) -> float:
        """On a day: an answer and a grade for each card, pages around them, demos and their polls."""
        return self.sessions * (2 * CARDS + sum(PAGES.values()) + DEMOS * (1 + POLLS))

    @property
    def requests_per_second(self) -> float:
        """In the busiest hour."""
        return self.requests * share_of_hour(PEAK_HOUR) / 3600

    @property
    def at_once(self) -> float:
        """Sessions under way in that hour."""
        seconds = CARDS * (THINK_SECONDS + GRADE_SECONDS)
        return self.sessions * share_of_hour(PEAK_HOUR) / 3600 * seconds

    @property
    def events(self) -> float:
        """After a year."""
        return self.reviews * DAYS

    @property
    def event_bytes(self) -> float:
        return self.events * EVENT_BYTES

    @property
    def schedules(self) -> float:
        return self.learners * LEARNT

    @property
    def schedule_bytes(self) -> float:
        return self.schedules * SCHEDULE_BYTES

    @property
    def web_cores(self) -> int:
        return ceil(self.requests_per_second * WEB_SECONDS / BUSY)

    @property
    def database_cores(self) -> int:
        return ceil(self.requests_per_second * DATABASE_SECONDS / BUSY)

    @property
    def connections(self) -> int:
        """To the database: a web has two cores' worth of processes, and THREADS threads."""
        return ceil(self.web_cores / 2) * THREADS + 2 * (self.light_workers + self.heavy_workers)

    @property
    def light_workers(self) -> int:
        return self._workers(1 - HEAVY, LIGHT_SECONDS)

    @property
    def heavy_workers(self) -> int:
        return self._workers(HEAVY, HEAVY_SECONDS)

    def _workers(self, share: float, seconds: float) -> int:
        demos = self.sessions * DEMOS * share * share_of_hour(PEAK_HOUR) / 3600
        return max(1, ceil(demos * seconds / BUSY))


def weight(hour: float) -> float:
    """How many learn at that hour, 1 at PEAK_HOUR."""
    return VALLEY + (1 - VALLEY) * (1 + cos(2 * pi * (hour - PEAK_HOUR) / 24)) / 2


def share_of_hour(hour: int) -> float:
    """Of a day's sessions."""
    return weight(hour) / sum(map(weight, range(24)))


def table(*counts: int) -> str:
    """The needs of so many learners, as docs/scaling.md has them."""
    rows: dict[str, list[str]] = {
        "learners": [f"{count:,}" for count in counts],
        "---": ["---:" for _ in counts],
        "reviews a day": [f"{Needs(n).reviews:,.0f}" for n in counts],
        "requests a day": [f"{Needs(n).requests:,.0f}" for n in counts],
        "requests a second, busiest hour": [f"{Needs(n).requests_per_second:,.1f}" for n in counts],
        "sessions at once, busiest hour": [f"{Needs(n).at_once:,.0f}" for n in counts],
        "events after a year": [f"{Needs(n).events:,.0f}" for n in counts],
        "their bytes": [size(Needs(n).event_bytes) for n in counts],
        "schedules": [f"{Needs(n).schedules:,.0f}" for n in counts],
        "bytes of schedules": [size(Needs(n).schedule_bytes) for n in counts],
        "cores of webs": [f"{Needs(n).web_cores:,}" for n in counts],
        "cores of PostgreSQL": [f"{Needs(n).database_cores:,}" for n in counts],
        "connections to PostgreSQL": [f"{Needs(n).connections:,}" for n in counts],
        "light workers": [f"{Needs(n).light_workers:,}" for n in counts],
        "heavy workers": [f"{Needs(n).heavy_workers:,}" for n in counts],
    }
    return "\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())


def size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1_000 or unit == "TB":
            return f"{count:,.0f} {unit}"
        count /= 1_000
    raise AssertionError
