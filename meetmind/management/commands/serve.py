"""`manage.py serve`: everything in one process, ready to be used."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interviews.services.first_administrator import make_first_admin_link
from meetmind.demo.seed import greeting, seed_first_visit
from meetmind.installation import bring_database_up_to_date, data_in_words, providers_in_words


class Command(BaseCommand):
    help = "Migrates, seeds the demo once and serves pages, sockets and jobs in one process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--no-demo", action="store_true", help="do not seed the demo")

    def handle(self, *args: object, host: str, no_demo: bool, **options: Any) -> None:
        # Imported here: it brings daphne, which wants to be there before anybody touches Twisted.
        from meetmind import one_process

        lock = one_process.OneAtATime(settings.DATA_DIR / "serve.lock")
        try:
            if not settings.MANY_PROCESSES:
                lock.take()
            one_process.require_free_port(host, settings.PORT)
            bring_database_up_to_date()
            if not no_demo and not settings.DATABASE_URL:
                seed_first_visit(now=timezone.now())
            listened = one_process.serve(
                host=host,
                port=settings.PORT,
                behind_proxy=settings.IS_HTTPS,
                jobs=one_process.jobs_beside_the_server(),
                on_listening=self._greet,
            )
        except one_process.CannotServe as problem:
            raise CommandError(str(problem)) from problem
        finally:
            lock.release()
        if not listened:
            raise CommandError(f"The server could not listen on {host}, port {settings.PORT}.")
        self.stdout.write("Stopped.")

    def _greet(self) -> None:
        first_administrator = make_first_admin_link(now=timezone.now())
        lines = [*greeting(), ("AI providers", providers_in_words()), ("Data", data_in_words())]
        if first_administrator is not None:
            lines.insert(0, ("First sign-in", f"{first_administrator} (works once, for a day)"))
        self.stdout.write(f"\nMeetMind runs at {settings.PUBLIC_URL}\n")
        for name, value in lines:
            self.stdout.write(f"  {name:16} {value}")
        self.stdout.write("  Stop with Ctrl+C.\n")
        self.stdout.flush()
