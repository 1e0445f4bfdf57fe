"""`manage.py seed_demo`: makes the demo's organisation once, and says how to sign in."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from meetmind.demo.seed import greeting, seed


class Command(BaseCommand):
    help = "Makes the demo's organisation once: people, positions, candidates, interviews."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print everything as one object")

    def handle(self, *args: object, **options: Any) -> None:
        made = seed(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(made))
            return
        for name, value in greeting():
            self.stdout.write(f"{name:16} {value}")
