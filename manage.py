#!/usr/bin/env python
"""Django's commands, and ours."""

import os
import sys


def main() -> None:
    """Runs a command. A setting or a package that stops them all is named in one line; --traceback shows where."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as error:
        sys.exit(f"{error}. Run .venv/bin/python manage.py; `make run` makes .venv.")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ModuleNotFoundError) as error:
        if "--traceback" in sys.argv:
            raise
        if isinstance(error, ModuleNotFoundError):
            sys.exit(f"{error}. Install what constraints.txt pins: `make run` does, or build the image anew.")
        sys.exit(f"A setting is wrong. {error}")


if __name__ == "__main__":
    main()
