"""The scheduler in a stranger's Django project, set up as docs/scheduler.md says, with nothing of ours beside it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.portable

ROOT = Path(__file__).resolve().parent.parent.parent

SETTINGS = """
SECRET_KEY = "x" * 40
INSTALLED_APPS = ["scheduler.apps.SchedulerConfig", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3",
                         "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20,
                                     "init_command": "PRAGMA journal_mode=WAL"}}}
SCHEDULER_BACKOFF = (1, 5, 25)
SCHEDULER_WAKEUP = "threads"
SCHEDULER_QUEUE = "heap"
SCHEDULER_SLOTS = 4
USE_TZ = True
"""
JOBS = """
from pathlib import Path
from scheduler.handlers import Run, handler

@handler("shop.send_receipt", timeout=30)
def send_receipt(run: Run, *, order_id: int) -> None:
    Path("receipts").open("a").write(f"{order_id}\\n")
"""
PLACE_ORDERS = """
import sys, time, django
django.setup()
from django.core.management import call_command
from scheduler.enqueue import enqueue
from scheduler.models import Job
from scheduler.one_process import Parts
call_command("migrate", verbosity=0)
parts = Parts(slots=4)
parts.start()
for order in range(10):
    enqueue("shop.send_receipt", {"order_id": order})
until = time.monotonic() + 30
while Job.objects.filter(state="done").count() < 10 and time.monotonic() < until:
    time.sleep(0.02)
parts.stop()
ours = [name for name in sys.modules if name.split(".")[0] in
        ("meetmind", "interviews", "notifications", "ai_engine", "webapi", "celery", "redis")]
assert not ours, ours
"""


def test_ten_jobs_of_a_shop_are_done(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    (tmp_path / "shop/jobs.py").write_text(JOBS)
    (tmp_path / "settings.py").write_text(SETTINGS)
    done = subprocess.run(
        [sys.executable, "-c", PLACE_ORDERS],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "DJANGO_SETTINGS_MODULE": "settings"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    receipts = (tmp_path / "receipts").read_text().split()
    assert sorted(map(int, receipts)) == list(range(10))


def test_the_page_tells_what_the_test_does() -> None:
    page = (ROOT / "docs/scheduler.md").read_text()
    for line in ('@handler("shop.send_receipt", timeout=30)', 'SCHEDULER_WAKEUP = "threads"'):
        assert line in page
    assert "Parts(slots=4).start()" in page
