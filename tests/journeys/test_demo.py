"""`make demo`: a whole interview in the terminal, with providers that fail and a quote that nobody said."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(180)
def test_the_demo_ends_with_a_scorecard_and_the_address_of_its_report(tmp_path: Path) -> None:
    foreign = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PORT")
    environment = {key: value for key, value in os.environ.items() if key not in foreign}
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**environment, "DATA_DIR": str(tmp_path), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "Scorecard, drafted by the AI" in done.stdout
    assert "calls failed and were answered by the next provider" in done.stdout
    assert "1 half-asked question(s) were withdrawn" in done.stdout
    dropped = re.search(
        r"(\d+) quote\(s\) that nobody said were dropped from the scorecard", done.stdout
    )
    assert dropped
    assert int(dropped[1]) >= 1
    assert "/report/" in done.stdout
    # How long it may take is the benchmark's affair: this machine may be busy.
    assert re.search(r"All of it took \d+\.\d s\.", done.stdout)
