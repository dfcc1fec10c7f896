"""regex_labels is right: what it gives against values derived here; and no pattern holds a worker up."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cards.demos import Cancelled
from cards.demos.contract import DemoError, Table
from cards.demos.library import regex_labels
from tests.demos.library.runs import part, run

RIGHT = r"(.+)_\d+\.jpg$"
NAMES = [
    "great_pyrenees_173.jpg", "Abyssinian_1.jpg", "Sphynx_207.jpg", "pug_52.jpg", "american_pit_bull_terrier_31.jpg",
    "beagle_14_jpg", "boxer_8.jpg.part",
]  # fmt: skip
RUN_AWAY = [
    r"(.+)+x$",
    r"(\w+)+!",
    r"((a*)*)*x|(.*)*y$",
    r"(?=(.+)+;)",
    r"(?:(?:){65535}){65535}",
    r"((.?){65535}){65535}",
]


def rows(pattern: str) -> dict[str, list]:
    return {row[0]: list(row[1:]) for row in part(run("regex_labels", pattern=pattern), Table).rows}


@contextmanager
def alarm(
    seconds: float, timer: int = signal.ITIMER_PROF, sends: signal.Signals = signal.SIGPROF
) -> Iterator[list[float]]:
    """Somebody else's, such as that of a test's own time limit, which is put back. When it rang."""
    rang: list[float] = []
    left, interval = signal.setitimer(timer, 0)
    handler = signal.signal(sends, lambda number, frame: rang.append(time.monotonic()))
    try:
        signal.setitimer(timer, seconds)
        yield rang
    finally:
        signal.setitimer(timer, 0)
        signal.signal(sends, handler)
        signal.setitimer(timer, left, interval)


def compute(seconds: float) -> None:
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        pass


def test_the_cards_pattern_takes_each_breed_and_neither_trap() -> None:
    """Planted fault: capitals and small letters are the same, the trap is no trap."""
    result = run("regex_labels")
    table = part(result, Table)
    assert list(table.columns) == ["file name", "group 1"]
    # By hand: what stands before the last underscore, where digits and .jpg follow, and nothing else.
    assert [row[0] for row in table.rows] == NAMES
    assert [row[1] for row in table.rows] == [
        *(name.rpartition("_")[0] for name in NAMES[:5]),
        *["does not fit"] * 2,
    ]
    assert (
        "Group 1 is the breed of 5 of 5 photos. The names that are no photo's do not fit." in result.finding
    )
    small = rows(r"^([a-z]+)_\d")
    assert [name for name, (caught,) in small.items() if caught != "does not fit"] == [NAMES[3], *NAMES[5:]]


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (r"(.+)_\d+.jpg$", "5 of 5 photos. But beagle_14_jpg fits, too"),
        (r"(.+)_\d+\.jpg", "5 of 5 photos. But boxer_8.jpg.part fits, too"),
        (r"(.+)_\d+.jpg", "5 of 5 photos. But beagle_14_jpg, boxer_8.jpg.part fit, too"),
        (r"([a-z_]+)_\d+\.jpg$", "3 of 5 photos. The names"),  # two begin with a capital
        (r"_(\d+)\.jpg$", "0 of 5 photos. The names"),
        (r"^(\d+)$", "fits none of the 7 names"),
        (r"_\d+\.jpg$", "fits 5 of 7 names, but has no group"),
    ],
)
def test_the_finding_is_true_for_the_pattern(pattern, says) -> None:
    """Planted fault: other names count as photos' too."""
    assert says in run("regex_labels", pattern=pattern).finding


@pytest.mark.parametrize("pattern", [RIGHT, r"_(\d+)", r"^([a-z]+)", r"(x)?_", "(.)(.)(.)$"])
def test_a_label_is_what_fastais_labeller_takes(pattern) -> None:
    """Planted fault: a pattern has to fit from the first letter on."""
    from fastai.data.transforms import RegexLabeller

    def label(name: str) -> str:
        try:
            return RegexLabeller(pattern)(name) or "(not used)"
        except AssertionError:  # its own, for a name that does not fit
            return "does not fit"

    assert {name: found[0] for name, found in rows(pattern).items()} == {name: label(name) for name in NAMES}


def test_groups_have_their_names_or_numbers_and_what_they_caught() -> None:
    """Planted fault: the next group's text."""
    result = run("regex_labels", pattern=r"(?P<breed>[A-Za-z_]+)_(?P<number>\d+)()\.(j)(p)?(g)")
    table = part(result, Table)
    assert list(table.columns) == ["file name", "breed", "number", "group 3", "group 4"]
    assert list(table.rows[0]) == ["great_pyrenees_173.jpg", "great_pyrenees", "173", "(empty)", "j"]
    assert list(table.rows[5]) == ["beagle_14_jpg", "does not fit", None, None, None]
    assert table.note == "2 more groups have no column."
    assert rows(r"(great)?.*_")["Abyssinian_1.jpg"] == ["(not used)"]
    assert rows("x*")["pug_52.jpg"] == ["(empty)"]
    assert len(part(run("regex_labels", pattern="()" * 50), Table).columns) == 5


@pytest.mark.parametrize("pattern", RUN_AWAY)
def test_a_pattern_that_runs_away_is_stopped(pattern, monkeypatch) -> None:
    monkeypatch.setattr(regex_labels, "MOST_SECONDS", 0.2)
    begun = time.process_time()
    with pytest.raises(DemoError, match=r"ran away at \w+\.jpg, and was stopped"):
        rows(pattern)
    assert time.process_time() - begun < 2


def test_it_has_a_quarter_of_a_second_of_the_processor() -> None:
    begun = time.process_time()
    with pytest.raises(DemoError, match=r"stopped after 0\.25 s"):
        rows(RUN_AWAY[0])
    assert 0.2 < time.process_time() - begun < 2


def test_what_holds_its_machine_up_is_not_held_against_a_pattern() -> None:
    """Planted fault: the clock's seconds are counted."""
    with alarm(600, signal.ITIMER_REAL, signal.SIGALRM) as rang:
        assert regex_labels._within(0.2, lambda: time.sleep(0.5) or "done") == "done"
    assert rang == []


def test_reading_a_pattern_is_stopped_too(monkeypatch) -> None:
    """re goes through these ranges letter by letter."""
    monkeypatch.setattr(regex_labels, "MOST_SECONDS", 0.01)
    with pytest.raises(DemoError, match="Reading the pattern took more than"):
        rows("(?i)" + "".join(rf"[\x{start:02x}-\U0010fffe]" for start in range(1, 6)))


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(.+_", "missing ), unterminated subpattern, at character 1 of 4"),
        (r"(.+)_\d+\.jpg)$", "unbalanced parenthesis, at character 14 of 15"),
        (r"\8", "invalid group reference 8, at character 2 of 2"),
        ("(?<=a*)b", "look-behind requires fixed-width pattern."),
        ("a{99999999999}", "the repetition number is too large."),
        ("[z-a]", "bad character range z-a, at character 2 of 5"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_a_sentence_with_the_place(pattern, says) -> None:
    """Planted fault: the place is counted from 0."""
    with pytest.raises(DemoError) as raised:
        rows(pattern)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:a{65535}){65535}",
        "(" * 50 + ")" * 50,
        "a|" * 50,
        "(?:" * 19 + "a" + ")*" * 19,
        "[[a]",
        r"\d{1,65535}" * 8,
    ],
)
def test_what_is_large_and_odd_gives_a_result_or_a_sentence(pattern) -> None:
    begun = time.process_time()
    try:
        said = run("regex_labels", pattern=pattern).finding
    except DemoError as error:
        said = str(error)
    assert said.endswith(".")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("pattern", [RIGHT, "(", RUN_AWAY[0]])
def test_the_alarm_is_afterwards_as_it_was(pattern) -> None:
    """Planted fault: its handler stays, or an earlier alarm is forgotten."""
    with alarm(600):
        handler = signal.getsignal(signal.SIGPROF)
        try:
            run("regex_labels", pattern=pattern)
        except DemoError:
            assert pattern != RIGHT
        assert signal.getsignal(signal.SIGPROF) is handler
        assert 590 < signal.getitimer(signal.ITIMER_PROF)[0] < 600.1
    with alarm(0.05) as rang:  # which would ring meanwhile
        compute(0.04)
        try:
            run("regex_labels", pattern=pattern)
        except DemoError:
            assert pattern != RIGHT
        compute(0.1)
        assert len(rang) == 1


def test_no_pattern_is_tried_where_it_could_not_be_stopped() -> None:
    said = []

    def try_it() -> None:
        try:
            run("regex_labels")
        except DemoError as error:
            said.append(str(error))

    thread = threading.Thread(target=try_it)
    thread.start()
    thread.join()
    assert said == [
        "Only in a worker's main thread can a pattern be stopped, and so be tried; this is another."
    ]


@pytest.mark.parametrize("at", [1, 2])
def test_it_stops_when_told(at) -> None:
    def report(step: int, of: int, text: str = "", **numbers: float) -> None:
        if step == at:
            raise Cancelled

    with pytest.raises(Cancelled):
        run("regex_labels", report=report)


FAULTS = [
    ("re.compile(text)", "re.compile(text, re.IGNORECASE)", test_the_cards_pattern_takes_each_breed_and_neither_trap),
    ('"beagle_14_jpg": None', '"beagle_14.jpg": None', test_the_cards_pattern_takes_each_breed_and_neither_trap),
    ("pattern.search(name)", "pattern.match(name)", lambda: test_a_label_is_what_fastais_labeller_takes(r"_(\d+)")),
    ("_caught(match[number])", "_caught(match[number - 1])",
     test_groups_have_their_names_or_numbers_and_what_they_caught),
    ("if name not in photos", "if name in photos",
     lambda: test_the_finding_is_true_for_the_pattern(r"(.+)_\d+.jpg$", "But beagle_14_jpg fits, too")),
    ("error.pos + 1", "error.pos",
     lambda: test_a_pattern_that_cannot_be_read_is_a_sentence_with_the_place(r"\8", "at character 2 of 2")),
    ("signal.ITIMER_PROF, seconds", "signal.ITIMER_REAL, seconds",
     test_what_holds_its_machine_up_is_not_held_against_a_pattern),
    ("signal.signal(signal.SIGPROF, handler)", "pass", lambda: test_the_alarm_is_afterwards_as_it_was(RIGHT)),
    ("        if left:\n", "        if not left:\n", lambda: test_the_alarm_is_afterwards_as_it_was(RIGHT)),
]  # fmt: skip
