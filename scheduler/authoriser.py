"""Who may look and operate. The scheduler knows scopes; whose they are, the project that mounts it knows."""

from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `scope` None: all scopes. `may_operate`: pause, cancel, replay, start."""

    name: str
    scope: str | None = None
    may_operate: bool = False


class Authoriser(Protocol):
    def __call__(self, request: HttpRequest) -> Viewer:
        """Raises what the project answers to those who may see nothing here."""


class _Unset:
    def __call__(self, request: HttpRequest) -> Viewer:
        raise RuntimeError(
            "Call scheduler.authoriser.set_authoriser before mounting the scheduler."
        )


_current: list[Authoriser] = [_Unset()]


def set_authoriser(authoriser: Authoriser) -> None:
    """The project calls this where it mounts the pages and the API."""
    _current[0] = authoriser


def viewer_of(request: HttpRequest) -> Viewer:
    return _current[0](request)
