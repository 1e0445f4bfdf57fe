"""A workflow of any shape, made to be watched: it fails as often, and takes as long, as one asks."""

import random

from scheduler.enqueue import start_workflow
from scheduler.models import WorkflowRun
from scheduler.workflow import Step, Workflow

DEMO_STEP = "scheduler.demo_step"


def demo_workflow(*, depth: int, width: int, keeps_going: bool) -> Workflow:
    """`depth` layers of `width` steps between a first and a last one; each waits for two of the layer before."""
    steps = [Step("start", DEMO_STEP)]
    above = ["start"]
    for layer in range(1, depth + 1):
        names = [f"step {layer}.{place + 1}" for place in range(width)]
        for place, name in enumerate(names):
            parents = tuple(
                dict.fromkeys((above[place % len(above)], above[(place + 1) % len(above)]))
            )
            steps.append(
                Step(name, DEMO_STEP, settled=parents)
                if keeps_going
                else Step(name, DEMO_STEP, after=parents)
            )
        above = names
    steps.append(Step("finish", DEMO_STEP, settled=tuple(above)))
    return Workflow("demo", tuple(steps))


def start_demo(
    *,
    depth: int,
    width: int,
    failure_rate: float,
    seconds: float,
    keeps_going: bool,
    scope: str = "",
) -> WorkflowRun:
    workflow = demo_workflow(depth=depth, width=width, keeps_going=keeps_going)
    return start_workflow(
        workflow, payload={"failure_rate": failure_rate, "seconds": seconds}, scope=scope
    )


def luck(failure_rate: float) -> bool:
    return random.random() >= failure_rate  # noqa: S311 # bad luck on purpose, no secret
