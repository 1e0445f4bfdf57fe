"""`manage.py first_administrator`: the link by which the first administrator comes in, where nobody ran `serve`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interviews.services.first_administrator import make_first_admin_link


class Command(BaseCommand):
    help = "Prints a link that makes the first administrator; it works once, for a day."

    def handle(self, *args: object, **options: object) -> None:
        link = make_first_admin_link(now=timezone.now())
        if link is None:
            raise CommandError(
                "There is an administrator already. Whoever it is can invite others, on the page Team."
            )
        self.stdout.write(link)
