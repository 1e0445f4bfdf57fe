"""`manage.py demo`: a whole AI-led interview in the terminal."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from meetmind.demo.candidate import DemoFailed
from meetmind.demo.show import show


class Command(BaseCommand):
    help = "Shows one AI-led interview from invitation to scorecard, with providers that fail."

    def handle(self, *args: object, **options: Any) -> None:
        console = Console()
        try:
            asyncio.run(show(settings.DATA_DIR / "demo", console))
        except* DemoFailed as group:
            reasons = "; ".join(str(failure) for failure in _leaves(group))
            raise CommandError(f"The demo failed: {reasons}") from None


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    return [
        leaf
        for failure in group.exceptions
        for leaf in (_leaves(failure) if isinstance(failure, BaseExceptionGroup) else [failure])
    ]
