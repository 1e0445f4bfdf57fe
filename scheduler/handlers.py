"""The registry of handlers: which function carries out which kind, and how.

An app declares its handlers in its `jobs.py`; they are found when Django starts.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Protocol, TypeVar, get_type_hints

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from scheduler.outcomes import JsonValue, Outcome
from scheduler.priorities import Priority
from scheduler.run import AttemptLostError, ParentResult, Run
from scheduler.storable import why_unstorable
from scheduler.workflow import DECLARED

__all__ = [
    "AttemptLostError",
    "BadPayloadError",
    "Handler",
    "ParentResult",
    "Run",
    "UnknownKindError",
    "handler",
]

_PAYLOAD_LENGTH: Final = 65_536  # ids and small values; each claim of the job reads it


class UnknownKindError(LookupError):
    """No handler of that name is registered in this process."""


class BadPayloadError(ValueError):
    """The payload does not fit the handler's arguments; the message names the argument."""


class HandlerFunction(Protocol):
    def __call__(self, run: Run, **payload: Any) -> Outcome | Awaitable[Outcome | None] | None: ...


F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True)
class Handler:
    """A kind of job. `batch` is for short idempotent kinds: so many share one commit.

    max_running and per_second hold for all workers together.
    """

    kind: str
    function: HandlerFunction
    timeout: float = 60.0
    retries: tuple[float, ...] | None = None
    priority: Priority = Priority.NORMAL
    batch: int = 1
    max_running: int | None = None
    per_second: float | None = None
    is_async: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_async", inspect.iscoroutinefunction(self.function))

    @property
    def backoff(self) -> tuple[float, ...]:
        return tuple(settings.SCHEDULER_BACKOFF) if self.retries is None else self.retries

    @property
    def is_limited(self) -> bool:
        return self.max_running is not None or self.per_second is not None

    @property
    def description(self) -> str:
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The payload's model, read from the function's keyword-only parameters."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints.get(name, Any), ... if p.default is p.empty else p.default)
            for name, p in inspect.signature(self.function).parameters.items()
            if p.kind is p.KEYWORD_ONLY
        }
        config = ConfigDict(extra="forbid", arbitrary_types_allowed=False)
        return create_model(f"Payload of {self.kind}", __config__=config, **fields)

    @cached_property
    def argument_names(self) -> frozenset[str]:
        return frozenset(self.arguments.model_fields)

    def checked(self, payload: Mapping[str, object]) -> dict[str, JsonValue]:
        """The payload as it is stored. Raises BadPayloadError."""
        try:
            stored = self.arguments.model_validate(dict(payload)).model_dump(mode="json")
        except ValidationError as problem:
            first = problem.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "payload"
            raise BadPayloadError(f"{self.kind}: {where}: {first['msg']}.") from problem
        unfit = why_unstorable(stored, at_most=_PAYLOAD_LENGTH)
        if unfit:
            raise BadPayloadError(f"{self.kind}: the payload {unfit}")
        return stored

    def unpacked(self, stored: Mapping[str, object]) -> dict[str, Any]:
        """The arguments as the function's annotations have them. Raises BadPayloadError."""
        try:
            model = self.arguments.model_validate(stored)
        except ValidationError as problem:
            raise BadPayloadError(f"{self.kind}: the stored payload no longer fits.") from problem
        return {name: getattr(model, name) for name in model.model_fields_set}


HANDLERS: Final[dict[str, Handler]] = {}


def handler(
    kind: str,
    *,
    timeout: float = 60.0,
    retries: tuple[float, ...] | None = None,
    priority: Priority = Priority.NORMAL,
    batch: int = 1,
    max_running: int | None = None,
    per_second: float | None = None,
) -> Callable[[F], F]:
    """Registers a function as the one that carries out `kind`.

    The function takes the Run, then keyword-only arguments: the payload. It may be sync or async,
    and answers an Outcome; None means Done(). `retries` are the seconds before each retry
    (default: settings.SCHEDULER_BACKOFF).
    """

    def declare(function: F) -> F:
        if kind in HANDLERS and HANDLERS[kind].function is not function:
            raise ValueError(f"Two handlers for {kind!r}: name one of them differently.")
        HANDLERS[kind] = Handler(
            kind=kind,
            function=function,  # type: ignore[arg-type] # F keeps the caller's own signature
            timeout=timeout,
            retries=retries,
            priority=priority,
            batch=batch,
            max_running=max_running,
            per_second=per_second,
        )
        return function

    return declare


def handler_of(kind: str) -> Handler:
    """Raises UnknownKindError."""
    try:
        return HANDLERS[kind]
    except KeyError:
        raise UnknownKindError(f"No handler is registered for {kind!r}.") from None


@register("scheduler")
def every_step_has_a_handler(**_: object) -> list[CheckMessage]:
    """A workflow that names a kind nobody handles would only fail at night, when it runs."""
    return [
        Error(
            f"Step {step.name!r} of workflow {workflow.name!r} names the unknown kind {step.kind!r}.",
            hint="Declare it with @handler in the jobs.py of an installed app.",
            id="scheduler.E001",
        )
        for workflow in sorted(DECLARED, key=lambda declared: declared.name)
        for step in workflow.steps
        if step.kind not in HANDLERS
    ]
