"""The registry of email kinds. An app registers its kinds in its `emails.py`, found at start-up.

A kind has a gather function: (subject id, recipient id) -> a frozen letter, or "no longer wanted". It runs when
the email is sent, not when it is asked for, so that it never tells what has changed meanwhile.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Appointment:
    """A time that goes into a calendar: becomes an .ics attachment. Times are aware."""

    uid: str  # the same for every change of one appointment
    sequence: int  # rises with each change
    title: str
    starts_at: datetime
    ends_at: datetime
    description: str
    url: str
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one email says. `words` is what its templates may show."""

    to_address: str
    to_name: str
    words: Mapping[str, object]
    appointment: Appointment | None = None
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class NoLongerWanted:
    """The email's reason has gone (erased, cancelled, superseded)."""

    reason: str


Gather: TypeAlias = Callable[[str, str], Letter | NoLongerWanted]


@dataclass(frozen=True, slots=True)
class EmailKind:
    """One kind of email: its templates stand in templates/notifications/<name>/."""

    name: str
    title: str
    gather: Gather


class UnknownEmailKind(Exception):
    """No app registered an email kind of this name."""


@dataclass
class _Registry:
    kinds: dict[str, EmailKind] = field(default_factory=dict)


_registry = _Registry()


def register(kind: EmailKind) -> EmailKind:
    """Makes a kind known. Two kinds of one name are a mistake in the code."""
    if kind.name in _registry.kinds:
        raise ValueError(f"the email kind {kind.name} is registered twice")
    _registry.kinds[kind.name] = kind
    return kind


def kind_named(name: str) -> EmailKind:
    """Raises UnknownEmailKind."""
    try:
        return _registry.kinds[name]
    except KeyError as missing:
        raise UnknownEmailKind(f"there is no email kind {name!r}") from missing


def all_kinds() -> tuple[EmailKind, ...]:
    return tuple(_registry.kinds[name] for name in sorted(_registry.kinds))
