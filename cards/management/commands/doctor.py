"""manage.py doctor: checks the installation, and says what to do."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from dataclasses import asdict
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.core.validators import validate_email
from django.template.defaultfilters import pluralize

from cards.doctor import CHECKS, Check, Finding, State, examine
from cards.doctor.mail import sent

NAME_WIDTH = max(len(check.name) for check in CHECKS)
STATE_WIDTH = max(map(len, State))
STYLES = {State.OK: "SUCCESS", State.WARNING: "WARNING", State.PROBLEM: "ERROR", State.SKIPPED: "NOTICE"}


class Command(BaseCommand):
    help = "Checks the installation, and says what to do. Exits with 1 if something does not work."
    requires_system_checks = ()  # they are among what it looks at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="say the same as a JSON list")
        parser.add_argument("--mail", type=address, metavar="ADDRESS", help="also send a test mail there")

    def handle(self, *args: Any, mail: str | None, **options: Any) -> None:
        checks = (*CHECKS, Check("test mail", partial(sent, mail))) if mail else CHECKS
        found = []
        for name, finding in examine(checks):
            found.append({"name": name, **asdict(finding)})
            if not options["json"]:
                self._show(name, finding)
        counts = Counter(each["state"] for each in found)
        self.stdout.write(
            json.dumps(found, indent=2, ensure_ascii=False) if options["json"] else summary(counts)
        )
        if counts[State.PROBLEM]:
            sys.exit(1)

    def _show(self, name: str, finding: Finding) -> None:
        state = getattr(self.style, STYLES[finding.state])(f"{finding.state:<{STATE_WIDTH}}")
        self.stdout.write(f"{state}  {name:<{NAME_WIDTH}}  {finding.says} {finding.advice}".rstrip())
        self.stdout.flush()


def address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ArgumentTypeError(f"{text!r} is no mail address.")
    return text


def summary(counts: Counter[str]) -> str:
    """How many findings of each kind there were that ask for something, in one line."""
    problems, warnings, skipped = (counts[state] for state in (State.PROBLEM, State.WARNING, State.SKIPPED))
    parts = [
        f"{problems} problem{pluralize(problems)}" if problems else "Nothing is broken",
        f"{warnings} warning{pluralize(warnings)}" if warnings else "",
        f"{skipped} not looked at" if skipped else "",
    ]
    return f"{', '.join(filter(None, parts))}."
