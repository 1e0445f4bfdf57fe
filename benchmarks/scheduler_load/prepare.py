"""Makes our tables, and Procrastinate's."""

import subprocess

import django
from django.core.management import call_command

from benchmarks.scheduler_load.systems import PEERS


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    here = __file__.rpartition("/")[0]
    command = [
        str(PEERS / "bin/procrastinate"),
        "-a",
        "with_procrastinate.app",
        "schema",
        "--apply",
    ]
    if (PEERS / "bin/procrastinate").exists():
        import os

        paths = {"PYTHONPATH": f"{here}/peers:{here}"}
        subprocess.run(command, env=os.environ | paths, check=True)


if __name__ == "__main__":
    main()
