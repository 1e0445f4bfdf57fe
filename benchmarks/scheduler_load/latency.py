"""One job at a time on an idle scheduler: milliseconds from its commit to its handler's first line."""

import os
import sys
import time
from pathlib import Path

import django


def main(profile: str, count: int) -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from scheduler.enqueue import enqueue
    from scheduler.one_process import Parts

    parts = None
    if profile == "threads":
        call_command("migrate", verbosity=0)
        parts = Parts(slots=2)
        parts.start()
    stamps = Path(os.environ["STAMPS"])
    waits = []
    for number in range(count + 20):
        committed: list[float] = []
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(time.time()))  # noqa: B023 # runs at once
            enqueue("bench.noop", {})
        until = time.monotonic() + 30
        while not stamps.exists() or stamps.read_bytes().count(b"\n") <= number:
            if time.monotonic() > until:
                raise SystemExit("A job did not start.")
            time.sleep(0.001)
        started = float(stamps.read_text().splitlines()[-1].split()[0])
        waits.append((started - committed[0]) * 1000)
        time.sleep(0.02)  # until the slot sleeps again: what is measured is waking it
    if parts is not None:
        parts.stop(grace=0)
    print("\n".join(f"{wait:.3f}" for wait in waits[20:]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
