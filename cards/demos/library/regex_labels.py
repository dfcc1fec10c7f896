"""File names, a pattern of the learner's, and the labels that it takes from them."""

import re
import signal
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, TypeVar

from cards.demos.classes import joined
from cards.demos.contract import Cell, Demo, DemoError, Queue, Report, Result, ShortText, Table
from cards.messages import Number, _, ngettext

T = TypeVar("T")

# What a folder of photos may hold, and the breed of each that is one.
FILES = {
    "great_pyrenees_173.jpg": "great_pyrenees",
    "Abyssinian_1.jpg": "Abyssinian",
    "Sphynx_207.jpg": "Sphynx",
    "pug_52.jpg": "pug",
    "american_pit_bull_terrier_31.jpg": "american_pit_bull_terrier",
    "beagle_14_jpg": None,
    "boxer_8.jpg.part": None,
}
# Of the processor, for the pattern, and for all names: some take two gigabytes of memory in one.
MOST_SECONDS = 0.25
SECONDS = Number(f"{MOST_SECONDS:g}")
SOON_SECONDS = 1e-3  # when an alarm that was set before, and is over by now, rings
MOST_GROUPS = 4  # that have a column


class RunsAway(Exception):
    """A pattern takes too long."""


def run(parameters: Mapping[str, Any], seed: int, report: Report) -> Result:
    report(1, 2, _("reading the pattern"))
    pattern = _read(parameters["pattern"])
    report(2, 2, _("searching each name"))
    found = _found(pattern)

    groups: dict[int, str] = {
        number: _("group %(number)s", number=number) for number in range(1, pattern.groups + 1)
    }
    groups |= {number: name for name, number in pattern.groupindex.items()}
    shown = list(groups)[:MOST_GROUPS]
    columns = {number: groups[number] for number in shown} or {0: _("what fits")}
    rows: list[list[Cell]] = []
    for name, match in found.items():
        caught = [_caught(match[number]) for number in columns] if match else [_("does not fit")]
        rows.append([name, *caught, *[None] * (len(columns) - len(caught))])
    hidden = len(groups) - len(shown)
    note = ngettext(
        "%(count)s more group has no column.", "%(count)s more groups have no column.", hidden, count=hidden
    )
    table = Table(
        title=_("What the pattern takes from each name"),
        columns=[_("file name"), *columns.values()],
        rows=rows,
        note=note if hidden else "",
    )
    return Result(
        parts=[table],
        finding=_finding(found),
        data_used=_("made-up file names; those without a breed are no photo's"),
    )


def _read(text: str) -> re.Pattern[str]:
    """The pattern that is written so. Raises DemoError for one that re cannot read, or not in time."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what will mean something else one day
            return _within(MOST_SECONDS, lambda: re.compile(text))
    except RunsAway as error:
        raise DemoError(
            _("Reading the pattern took more than %(seconds)s s, and was stopped.", seconds=SECONDS)
        ) from error
    except re.error as error:
        if error.pos is None:
            raise DemoError(_("The pattern cannot be read: %(error)s.", error=error.msg)) from error
        raise DemoError(
            _(
                "The pattern cannot be read: %(error)s, at character %(place)s of %(length)s.",
                error=error.msg,
                place=error.pos + 1,
                length=len(text),
            )
        ) from error
    except OverflowError as error:
        raise DemoError(_("The pattern cannot be read: %(error)s.", error=str(error))) from error
    except RecursionError as error:
        raise DemoError(_("The pattern cannot be read: its brackets are nested too deeply.")) from error


def _found(pattern: re.Pattern[str]) -> dict[str, re.Match[str] | None]:
    """What the pattern finds in each name, as fastai's RegexLabeller looks for it: the first place where it fits."""
    found: dict[str, re.Match[str] | None] = {}

    def search() -> None:
        for name in FILES:
            found[name] = pattern.search(name)

    try:
        _within(MOST_SECONDS, search)
    except RunsAway as error:
        raise DemoError(
            _(
                "The pattern ran away at %(name)s, and was stopped after %(seconds)s s. Where one repetition stands "
                "inside another, as in (a+)+, a name can be divided in more ways than can be tried: take one of "
                "them out.",
                name=list(FILES)[len(found)],
                seconds=SECONDS,
            )
        ) from error
    return found


def _within(seconds: float, work: Callable[[], T]) -> T:
    """What the work gives. Raises RunsAway when that takes longer than so many seconds.

    By an alarm, since re looks for signals while it matches, and lets no other thread run; afterwards the alarm is as
    it was. It counts the processor's seconds: on a busy machine a pattern is not to blame for those of others. Raises
    DemoError outside the main thread, the only one that hears signals.
    """
    if threading.current_thread() is not threading.main_thread():
        raise DemoError(
            _("Only in a worker's main thread can a pattern be stopped, and so be tried; this is another.")
        )
    is_over = False

    def stop(number: int, frame: FrameType | None) -> None:
        if not is_over:
            raise RunsAway

    begun = time.process_time()
    left, interval = signal.setitimer(signal.ITIMER_PROF, 0)  # so that none of theirs comes to ours
    handler = signal.signal(signal.SIGPROF, stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            return work()
        finally:
            is_over = True
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        if left:
            signal.setitimer(
                signal.ITIMER_PROF, max(left - (time.process_time() - begun), SOON_SECONDS), interval
            )


def _caught(text: str | None) -> str:
    if text is None:
        return _("(not used)")
    return text or _("(empty)")


def _finding(found: Mapping[str, re.Match[str] | None]) -> str:
    fits = {name: match for name, match in found.items() if match}
    photos = [name for name, breed in FILES.items() if breed]
    others = [name for name in fits if name not in photos]
    said: dict[str, object] = {"fits": len(fits), "names": len(found), "photos": len(photos)}
    if not fits:
        return _("The pattern fits none of the %(names)s names.", **said)
    if not next(iter(fits.values())).re.groups:
        return _(
            "The pattern fits %(fits)s of %(names)s names, but has no group: put the part that is the label in "
            "brackets.",
            **said,
        )
    said["right"] = sum(match[1] == FILES[name] for name, match in fits.items() if FILES[name])
    if not others:
        return _(
            "Group 1 is the breed of %(right)s of %(photos)s photos. The names that are no photo's do not fit.",
            **said,
        )
    return ngettext(
        "Group 1 is the breed of %(right)s of %(photos)s photos. But %(others)s fits, too, and is no photo's name.",
        "Group 1 is the breed of %(right)s of %(photos)s photos. But %(others)s fit, too, and are no photo's names.",
        len(others),
        others=joined(others),
        **said,
    )


DEMO = Demo(
    title=_("Labels from file names"),
    look_at=_(
        "Group 1, the first brackets, is what fastai's RegexLabeller takes for the label. The last two names are "
        "traps: a pattern that is right does not fit them."
    ),
    try_this=_(
        "Now take away the backslash before the dot, and see which name slips through. Then take the $ away."
    ),
    parameters=(
        ShortText(
            name="pattern",
            label=_("Pattern"),
            help=_("A regular expression of Python's."),
            default=r"(.+)_\d+\.jpg$",
            most_length=100,
        ),
    ),
    queue=Queue.LIGHT,
    seconds=10,
    megabytes=1500,
    run=run,
)
