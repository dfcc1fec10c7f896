"""manage.py fetch_pets: the pets of fastai's book, for the demos that load photos."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cards.actions.pets import NotFetched, fetch_pets
from cards.demos.pets import source


class Command(BaseCommand):
    help = (
        "Fetches the 7,390 photos of URLs.PETS (0.8 GB) into the worker's data folder; demos of photos then load them. "
        "Run it where the workers are, with their DATA_DIR."
    )
    requires_system_checks = ()  # it needs no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--archive", type=Path, metavar="FILE", help="oxford-iiit-pet.tgz, fetched already"
        )

    def handle(self, *args: Any, archive: Path | None, **options: Any) -> None:
        try:
            known = source()
        except ImportError as error:
            raise CommandError(
                f"{error}. The address of the pets comes from fastai: run this where demo workers are."
            ) from None
        try:
            images = fetch_pets(
                folder=settings.DEMO_PHOTOS, source=known, archive=archive, say=self.stdout.write
            )
        except NotFetched as error:
            raise CommandError(str(error)) from None
        count = sum(path.suffix == ".jpg" for path in images.iterdir())
        self.stdout.write(f"{images}: {count:,} photos. Workers take them from their next run on.")
