"""`python -m tests.day [minutes]`: one per cent of the modelled day of 100,000 learners, compressed, by real processes.

Two webs, two workers, their keeper, PostgreSQL and Redis, all its own. The day's hours come from the quietest on;
then the same day with twice as many sessions, and so on, until a limit is broken. Says, by the hour, what was asked,
how long it took, what each program used, and what broke first. `python -m tests.day table` prints the model's needs.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random

import psutil
import psycopg

from tests.bench.figure import percentile
from tests.chaos.services import PostgreSQL
from tests.day.learners import Session, Told
from tests.day.model import PEAK_HOUR, Needs, share_of_hour, table
from tests.server import ROOT, Server, environment_of, free_port, wait_for

LEARNERS, PART = 100_000, 0.01
MINUTES, MOST_TIMES = 5.0, 4
HOURS = [(PEAK_HOUR + 12 + hour) % 24 for hour in range(24)]  # from the quietest on
QUICKER = 10.0  # pauses within a session
SLOW_SECONDS, QUEUED_SECONDS = (
    1.0,
    10.0,
)  # what nineteen of twenty answers and demos keep to, else it is broken
MOST_LOGGED = 6_000
FEWEST = 20  # answers in an hour, of which that can be said
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'chapter5' AND usename = 'chapter5'"
DEMOS = """
SELECT extract(epoch FROM started_at - created_at)::float8, extract(epoch FROM finished_at - started_at)::float8
FROM cards_demorun WHERE queue = %s AND created_at > %s AND attempt > 0 AND status = 'done'
"""


def main(minutes: float) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # PostgreSQL's owner looks into it
        site = stack.enter_context(Site.running(folder))
        print(
            f"{os.cpu_count()} cores, {os.getloadavg()[0]:.1f} processes running or waiting before we began"
        )
        times = 1
        while not (broken := site.live(minutes, times)) and times < MOST_TIMES:
            times *= 2
    print(f"broke first: {broken}" if broken else f"nothing broke, at {times} times the sessions")
    return 0


class Site:
    """Two webs and two workers, each a program of its own, with what they need."""

    def __init__(
        self,
        folder: Path,
        urls: list[str],
        programs: dict[str, psutil.Process],
        postgresql: PostgreSQL,
        cookies: list,
    ) -> None:
        self.urls, self.programs, self.postgresql, self.cookies = urls, programs, postgresql, cookies
        self.logs = dict.fromkeys(folder.glob("*.log"), 0)  # and how far each was printed

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator["Site"]:
        with ExitStack() as stack:
            postgresql = stack.enter_context(PostgreSQL(folder / "postgresql").running())
            redis_port, data = free_port(), folder / "site"
            data.mkdir()
            redis = ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", ""]
            started = {"Redis": stack.enter_context(_program(redis, dict(os.environ), folder / "redis.log"))}
            environment = environment_of(
                data, DATABASE_URL=postgresql.url, REDIS_URL=f"redis://127.0.0.1:{redis_port}/0",
                DEMO_PER_HOUR="100000", DEMO_PER_HOUR_AND_ADDRESS="100000", OMP_NUM_THREADS="1",
            )  # fmt: skip
            Server("", environment).manage("prepare")
            needs = Needs(int(LEARNERS * PART))
            filled = subprocess.run(
                [sys.executable, "-m", "tests.day.fill", str(needs.learners), str(int(needs.learners * 0.4))],
                cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
            urls = []
            for number in (1, 2):
                port = free_port()
                web = [
                    sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2",
                    "--blocking-threads", "2", "--log-level", "warning", "chapter5.wsgi:application",
                ]  # fmt: skip
                log = folder / f"web-{number}.log"
                process = stack.enter_context(_program(web, environment | {"DATABASE_POOL": "2"}, log))
                urls.append(f"http://127.0.0.1:{port}")
                wait_for(f"{urls[-1]}/readyz", process, log, 120)
                started[f"web {number}"] = process
                worker = [sys.executable, "-m", "chapter5.worker", "light", "heavy"]
                started[f"worker {number}"] = stack.enter_context(
                    _program(worker, environment, folder / f"worker-{number}.log")
                )
            keeper = [sys.executable, "-m", "chapter5.worker", "keeper"]
            started["keeper"] = stack.enter_context(_program(keeper, environment, folder / "keeper.log"))
            programs = {name: psutil.Process(process.pid) for name, process in started.items()}
            first = int((postgresql.data / "postmaster.pid").read_text().split()[0])
            programs["PostgreSQL"] = psutil.Process(first)
            with postgresql.connect() as connection:
                while connection.execute("SELECT count(*) FROM cards_demoworker").fetchone()[0] < 4:
                    time.sleep(0.5)
            yield cls(folder, urls, programs, postgresql, json.loads(filled.stdout))

    def live(self, minutes: float, times: int) -> str:
        """The day, with so many times its sessions. What broke first, and in which hour; "" for nothing."""
        needs, chance, told = Needs(int(LEARNERS * PART)), Random(times), Told()
        hour_seconds = minutes * 60 / 24
        like = needs.learners * times * 24 * 60 / minutes
        print(
            f"\n{needs.sessions * times:,.0f} sessions in {minutes:g} minutes, as many a second as {like:,.0f} have"
        )
        print(f"hour requests/s  p50 ms  p95 ms errors sessions connections  cores: {', '.join(self._cpu())}")
        sessions: list[Session] = []
        broken = ""
        with self.postgresql.connect() as connection:
            ((since,),) = connection.execute("SELECT now()").fetchall()
            for hour in HOURS:
                began, used = time.monotonic(), self._cpu()
                count = needs.sessions * times * share_of_hour(hour)
                for start in sorted(chance.random() * hour_seconds for _ in range(_rounded(count, chance))):
                    time.sleep(max(0.0, began + start - time.monotonic()))
                    url, cookies = chance.choice(self.urls), chance.choice(self.cookies)
                    sessions.append(Session(url, cookies, told, chance.getrandbits(30), QUICKER))
                    sessions[-1].start()
                time.sleep(max(0.0, began + hour_seconds - time.monotonic()))
                seconds = time.monotonic() - began
                cores = {name: (now - used[name]) / seconds for name, now in self._cpu().items()}
                ((connections,),) = connection.execute(CONNECTIONS).fetchall()
                at_once = sum(session.is_alive() for session in sessions)
                answers, errors = told.read()
                p50, p95 = (percentile(answers or [0.0], share) * 1000 for share in (0.5, 0.95))
                print(
                    f"{hour:4} {len(answers) / seconds:10.1f} {p50:7.0f} {p95:7.0f} {errors.total():6} {at_once:8}"
                    f" {connections:11}  {'  '.join(f'{each:.2f}' for each in cores.values())}",
                    flush=True,
                )
                if errors:
                    print(f"without an answer: {dict(errors)}\n{self._logged()}", flush=True)
                broken = broken or _broken(hour, answers, errors, cores)
            for session in sessions:
                session.is_over = True
            for session in sessions:
                session.join(60)
            return broken or _queued(connection, since)

    def _logged(self) -> str:
        """What the programs have said since this was asked last, no more of each than MOST_LOGGED characters."""
        found = []
        for path, printed in self.logs.items():
            text = path.read_text()
            self.logs[path] = len(text)
            if said := text[printed:]:
                found.append(f"--- {path.name}\n{said[-MOST_LOGGED:]}")
        return "\n".join(found)

    def _cpu(self) -> dict[str, float]:
        return {name: _cpu_of(process) for name, process in self.programs.items()} | {
            "learners": _cpu_of(psutil.Process(), alone=True)
        }


def _broken(hour: int, answers: list[float], errors: Counter[str], cores: dict[str, float]) -> str:
    """What broke in that hour, and what was busiest then."""
    busiest = max(cores, key=cores.__getitem__)
    then = f"in hour {hour}; busiest then: {busiest}, {cores[busiest]:.2f} cores"
    if errors:
        return f"{errors.total()} requests without an answer, {errors.most_common(1)}, {then}"
    if len(answers) >= FEWEST and percentile(answers, 0.95) > SLOW_SECONDS:
        return f"one answer in twenty took over {SLOW_SECONDS:g} s, {then}"
    return ""


def _queued(connection: psycopg.Connection, since: datetime) -> str:
    """Says how long demos waited. What broke of that."""
    broken = ""
    for queue in ("light", "heavy"):
        rows = connection.execute(DEMOS, [queue, since]).fetchall()
        waits, runs = zip(*rows, strict=True) if rows else ((0.0,), (0.0,))
        late = percentile(waits, 0.95)
        print(
            f"{len(rows)} {queue} demos: begun after {percentile(waits, 0.5):.2f} s, p95 {late:.2f} s;"
            f" computed in {percentile(runs, 0.5):.2f} s, p95 {percentile(runs, 0.95):.2f} s"
        )
        if late > QUEUED_SECONDS:
            broken = broken or f"one {queue} demo in twenty was begun after more than {QUEUED_SECONDS:g} s"
    return broken


def _cpu_of(process: psutil.Process, *, alone: bool = False) -> float:
    """Seconds of it and of what it started, that which has ended too."""
    total = 0.0
    for each in [process, *([] if alone else process.children(recursive=True))]:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _rounded(count: float, chance: Random) -> int:
    """Up or down by chance, so that it is right on average."""
    return int(count) + (chance.random() < count % 1)


@contextmanager
def _program(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["table"]:
        print(table(1_000, 100_000, 10_000_000))
        sys.exit()
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
