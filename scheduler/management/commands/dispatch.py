"""Runs a dispatcher in a process of its own. Several may run: one leads, the others stand by."""

import signal

from django.core.management.base import BaseCommand

from scheduler.dispatcher import Dispatcher


class Command(BaseCommand):
    help = "Make scheduled jobs ready in time, rescue lost ones, prune. Several may run; one leads."

    def handle(self, *args: object, **options: object) -> None:
        dispatcher = Dispatcher()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: dispatcher.stop())
        self.stdout.write("The dispatcher runs. Stop it with Ctrl-C.")
        dispatcher.run()
