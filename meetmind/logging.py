"""Logs as one JSON object a line. They hold ids and categories, never a person's words."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


# Links that open something, and tokens, are as good as passwords: none may stay in a log. Both are
# recognised by their shape, so that a new kind of link is covered without being named here.
_LINK = re.compile(
    r"/(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-]))[\w:.-]{22,}(?=[/?\s\"'>),\\]|$)"
)
_TOKEN = re.compile(r"\bmm_[\w-]{16,}|(?<=[Bb]earer )\S+")


def without_secrets(text: str) -> str:
    """`text` with every long path segment and every token made unreadable."""
    return _TOKEN.sub("[token]", _LINK.sub("/[link]", text))


class PlainFormatter(logging.Formatter):
    """Lines for a person who develops."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message and every value given as `extra=`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(line, default=str, ensure_ascii=False))


def logging_config(*, debug: bool, quiet: bool) -> dict[str, Any]:
    """The value of Django's LOGGING: plain lines for a person at a terminal, JSON otherwise. `quiet`
    says only what is wrong: one process shares its terminal with the greeting."""
    plain = debug or sys.stderr.isatty()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonFormatter},
            "plain": {"()": PlainFormatter, "fmt": "{levelname:7} {name}: {message}", "style": "{"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "plain" if plain else "json"}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING" if quiet else "INFO"},
        "loggers": {
            # Django gives this one handlers of its own, which would say everything twice.
            "django": {"handlers": [], "propagate": True},
            # Every 404 of a scanner is not worth a line; a 500 is.
            "django.request": {"level": "ERROR"},
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "daphne": {"level": "WARNING"},
            # Access lines would carry join links; a proxy in front logs paths without them.
            "django.channels.server": {"level": "WARNING"},
        },
    }
