"""Server-sent events: the dashboard's figures once a second, from one look shared by all who watch."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Final

from asgiref.sync import sync_to_async

from scheduler import clock
from scheduler.figures import Figures, look
from scheduler.models import WorkflowRun
from scheduler.progress import WorkflowProgress, workflow_progress

_EVERY: Final = 1.0
_LONGEST: Final = (
    600.0  # then the browser comes again; so a forgotten tab lets go of a restarted server
)
_WORDS: Final = 160  # of what a step said, in the table of all of them
_looks: Final[dict[str | None, tuple[float, str]]] = {}


async def events(*, scope: str | None, workflow_id: int | None) -> AsyncIterator[str]:
    """`figures` events; with a workflow, `workflow` events too, when it changed, and `over` at its end."""
    ends_at = time.monotonic() + _LONGEST
    drawn = ""
    yield "retry: 2000\n\n"
    while time.monotonic() < ends_at:
        yield _event("figures", await sync_to_async(_shared_look)(scope))
        if workflow_id is not None:
            data, is_over = await sync_to_async(_steps)(workflow_id)
            if data != drawn:
                drawn = data
                yield _event("workflow", data)
            if is_over:
                workflow_id = None
        await asyncio.sleep(_EVERY)


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _shared_look(scope: str | None) -> str:
    at, text = _looks.get(scope, (0.0, ""))
    if time.monotonic() - at < _EVERY * 0.9:
        return text
    text = json.dumps(figures_json(look(now=clock.now(), scope=scope)))
    _looks[scope] = (time.monotonic(), text)
    return text


def figures_json(figures: Figures) -> dict[str, object]:
    oldest = figures.oldest_ready
    return {
        "at": figures.at.isoformat(),
        "states": dict(figures.by_state),
        "per_second": round(figures.per_second, 1),
        "waits_ms": dict(figures.waits_ms),
        "oldest_seconds": max(0.0, round((figures.at - oldest).total_seconds(), 1))
        if oldest
        else 0,
        "is_starving": figures.is_starving,
        "workers": figures.workers,
        "slots": figures.slots,
        "kinds": {
            kind.kind: {
                "waiting": kind.waiting,
                "ready": kind.ready,
                "running": kind.running,
                "done": kind.done,
                "dead": kind.dead,
            }
            for kind in figures.kinds
        },
    }


def _steps(workflow_id: int) -> tuple[str, bool]:
    try:
        progress = workflow_progress(workflow_id)
    except WorkflowRun.DoesNotExist:
        return "{}", True  # pruned while somebody watched
    return json.dumps(progress_json(progress)), progress.is_over


def progress_json(progress: WorkflowProgress) -> dict[str, object]:
    return {
        "state": progress.state.value,
        "state_label": progress.state.label,
        "steps": {
            str(step.job_id): {
                "state": step.state.value,
                "label": "To be tried again" if step.is_retrying else step.state.label,
                "is_retrying": step.is_retrying,
                "attempts": step.attempts,
                "error": step.error[:_WORDS],
            }
            for step in progress.steps
        },
    }
