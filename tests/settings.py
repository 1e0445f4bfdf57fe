"""Settings of the test run: the real ones, on the private servers that the run started."""

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789")
os.environ.setdefault("LINK_KEY", "only-for-test-links-0123456789-0123456789-0123")

from meetmind.settings import *  # noqa: F403
from meetmind.settings import DATABASES, LOGGING, env

_data = Path(os.environ["DATA_DIR"])  # by tests/private_servers.py, which removes it again
LOGGING["loggers"]["mail.log"] = {"level": "WARNING"}  # the mail server of tests tells every word

# A pool keeps connections open, and a test database with open connections cannot be dropped.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)  # type: ignore[attr-defined]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in real life: threads of one process cannot share SQLite's memory and wait their turn.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}
# Plain tests share one channel layer with nobody; those of many processes start real servers.
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
SCHEDULER_WAKEUP = "threads"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AI_CALL_LOG_SECONDS = 0  # its thread would hold a connection to the test database
TEST_REDIS_URL = env.text("REDIS_URL")
