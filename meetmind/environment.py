"""Typed readers of the environment: a bad value stops the start with a sentence that names it.

Every setting NAME may also be given as NAME_FILE, the path of a file that holds the value (secrets of
compose and systemd). Each reader remembers what it returned and where that came from, so that
`python manage.py settings` can print what is in force.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadSetting:
    """One setting as it is in force: `shown` is masked where the value is a secret."""

    name: str
    shown: str
    source: str


class Environment:
    """Reads settings from a mapping of environment variables.

    Raises ImproperlyConfigured, with a sentence that names the setting and says what to do.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables
        self.read: dict[str, ReadSetting] = {}

    def text(self, name: str, default: str = "", *, secret: bool = False) -> str:
        raw, source = self._raw(name)
        value = default if raw is None else raw
        self._remember(name, value, source, secret=secret)
        return value

    def key(self, name: str) -> str:
        """A secret that travels in a header."""
        value = self.text(name, secret=True)
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ImproperlyConfigured(
                f"{name} holds characters that no key has, such as spaces or typographic quotes: copy it again."
            )
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        def parse(raw: str) -> bool:
            lowered = raw.lower()
            if lowered in {"1", "true", "yes", "on"}:
                return True
            if lowered in {"0", "false", "no", "off"}:
                return False
            raise ValueError("say true or false")

        return self._parsed(name, default, parse)

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        def parse(raw: str) -> int:
            value = int(raw)
            if not least <= value <= most:
                raise ValueError(f"give a whole number from {least} to {most}")
            return value

        return self._parsed(name, default, parse)

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        def parse(raw: str) -> float:
            value = float(raw)
            if not least <= value <= most:
                raise ValueError(f"give a number from {least:g} to {most:g}")
            return value

        return self._parsed(name, default, parse)

    def words(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        def parse(raw: str) -> tuple[str, ...]:
            return tuple(word.strip() for word in raw.split(",") if word.strip())

        return self._parsed(name, default, parse)

    def numbers(self, name: str, default: tuple[float, ...]) -> tuple[float, ...]:
        def parse(raw: str) -> tuple[float, ...]:
            values = tuple(float(part) for part in raw.split(","))
            if any(not 0 <= value <= 86_400 for value in values):
                raise ValueError("give seconds from 0 to 86400, separated by commas")
            return values

        return self._parsed(name, default, parse)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def parse(raw: str) -> str:
            if raw not in choices:
                raise ValueError(f"choose one of {', '.join(choices)}")
            return raw

        return self._parsed(name, default, parse)

    def web_address(self, name: str, default: str) -> str:
        def parse(raw: str) -> str:
            parts = urlsplit(raw)
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
                raise ValueError("give an address such as https://interviews.example.com")
            return raw.rstrip("/")

        return self._parsed(name, default, parse)

    def folder(self, name: str, default: Path) -> Path:
        return self._parsed(name, default, lambda raw: Path(raw).expanduser().absolute())

    def sender(self, name: str, default: str) -> str:
        """An email address, with or without a name before it."""

        def parse(raw: str) -> str:
            local, _, host = parseaddr(raw)[1].rpartition("@")
            if not local or not host:
                raise ValueError("give an address such as Interviews <interviews@example.com>")
            return raw

        return self._parsed(name, default, parse)

    def given(self, name: str) -> bool:
        return self._raw(name)[0] is not None

    def _parsed(self, name: str, default: T, parse: Callable[[str], T]) -> T:
        raw, source = self._raw(name)
        if raw is None:
            value = default
        else:
            try:
                value = parse(raw)
            except ValueError as problem:
                raise ImproperlyConfigured(
                    f"{name} is {raw!r}, which cannot be used: {problem}."
                ) from problem
        self._remember(name, value, source)
        return value

    def _raw(self, name: str) -> tuple[str | None, str]:
        """The text given for a setting, and where it came from. An empty value counts as not given,
        because compose hands on every variable that a `.env` file leaves blank."""
        direct = self._variables.get(name, "").strip()
        path = self._variables.get(f"{name}_FILE", "").strip()
        if direct and path:
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Keep one of them.")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip() or None, f"{name}_FILE"
            except (OSError, UnicodeDecodeError) as problem:
                raise ImproperlyConfigured(
                    f"{name}_FILE names {path}, which cannot be read: {problem}."
                ) from problem
        return direct or None, "environment" if direct else "default"

    def _remember(self, name: str, value: object, source: str, *, secret: bool = False) -> None:
        if secret and value:
            shown = "********"
        elif isinstance(value, tuple):
            shown = ",".join(str(part) for part in value)
        else:
            shown = str(value)
        self.read[name] = ReadSetting(name, shown, source)
