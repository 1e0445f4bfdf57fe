"""`manage.py settings`: what is in force, and where each value came from."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

from meetmind.settings import env


class Command(BaseCommand):
    help = "Prints every setting in force and where its value came from; secrets are masked."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        rows = sorted(env.read.values(), key=lambda row: row.name)
        widths = (max(len(row.name) for row in rows), max(len(row.source) for row in rows))
        for row in rows:
            shown = row.shown or "(empty)"
            self.stdout.write(f"{row.name:{widths[0]}}  {row.source:{widths[1]}}  {shown}")
        self.stdout.write(f"\nProfile: {_profile()}")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = self.help


def _profile() -> str:
    if settings.MANY_PROCESSES:
        return "many processes (PostgreSQL and Redis)"
    return "one process on PostgreSQL" if settings.DATABASE_URL else "one process on SQLite"
