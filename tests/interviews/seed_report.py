"""`python -m tests.interviews.seed_report` fills an empty installation with Acme and one told interview, and
prints their ids: for tests that look at pages with a real browser."""

import json
import os
import sys
from datetime import datetime

import django
from django.core.management import call_command


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "meetmind.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    # Only now: models cannot be imported before the apps are ready.
    from tests.cast import make_cast
    from tests.interviews.told import make_debrief, make_told_interview

    cast = make_cast()
    told = make_told_interview(cast)
    make_debrief(told)
    assert isinstance(told.ended_at, datetime)
    json.dump({"interview": str(told.id), "position": str(told.position_id)}, sys.stdout)


if __name__ == "__main__":
    main()
