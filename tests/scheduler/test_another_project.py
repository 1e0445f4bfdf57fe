"""The scheduler in a stranger's Django project: the lines of docs/scheduler.md as they stand there, with nothing of
ours beside them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.portable

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = re.compile(r"^```python\n# ([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)

SETTINGS = """
SECRET_KEY = "x" * 40
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3",
                         "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20,
                                     "init_command": "PRAGMA journal_mode=WAL"}}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = "mails"
USE_TZ = True
"""
PLACE_ORDERS = """
import sys, time, types, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
{beside the web server}
for number in range(10):
    order = types.SimpleNamespace(pk=number)
    exec({wherever an order is placed!r})
from scheduler.models import Job
until = time.monotonic() + 30
while Job.objects.filter(state="done").count() < 10 and time.monotonic() < until:
    time.sleep(0.02)
parts.stop()
ours = [name for name in sys.modules if name.split(".")[0] in
        ("meetmind", "interviews", "notifications", "ai_engine", "webapi", "celery", "redis")]
assert not ours, ours
"""


def test_ten_jobs_of_a_shop_are_done(tmp_path: Path) -> None:
    page = (ROOT / "docs/scheduler.md").read_text()
    code = {place.partition(",")[0]: lines for place, lines in CODE.findall(page)}
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    (tmp_path / "shop/jobs.py").write_text(code["shop/jobs.py"])
    (tmp_path / "settings.py").write_text(SETTINGS + code["settings.py"])
    done = subprocess.run(
        [sys.executable, "-c", PLACE_ORDERS.format_map(code)],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "DJANGO_SETTINGS_MODULE": "settings"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    mails = "".join(mail.read_text() for mail in (tmp_path / "mails").iterdir())
    paid = re.findall(r"Order (\d+) is paid", mails)
    assert sorted(map(int, paid)) == list(range(10))
