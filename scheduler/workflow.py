"""A workflow as data: named steps and what each waits for. It cannot be built with a cycle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Final
from weakref import WeakSet

from scheduler.outcomes import JsonValue
from scheduler.priorities import Priority
from scheduler.states import EdgeCondition


class BadWorkflowError(ValueError):
    """The steps do not make a graph; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One job of a workflow.

    after: steps that must have succeeded. settled: steps that must have ended, however.
    dead: steps that must have died; if one of them succeeds instead, this step is skipped.
    """

    name: str
    kind: str
    after: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    payload: Mapping[str, JsonValue] = field(default_factory=dict)
    priority: Priority = Priority.NORMAL

    @property
    def parents(self) -> dict[str, EdgeCondition]:
        return {
            **dict.fromkeys(self.after, EdgeCondition.SUCCEEDED),
            **dict.fromkeys(self.settled, EdgeCondition.SETTLED),
            **dict.fromkeys(self.dead, EdgeCondition.DIED),
        }


@dataclass(frozen=True, eq=False)
class Workflow:
    """Raises BadWorkflowError when steps share a name, name an unknown parent, or form a cycle."""

    name: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if not names:
            raise BadWorkflowError(f"Workflow {self.name!r} has no steps.")
        known: set[str] = set()
        for name in names:
            if name in known:
                raise BadWorkflowError(f"Workflow {self.name!r} has two steps named {name!r}.")
            known.add(name)
        for step in self.steps:
            given = (*step.after, *step.settled, *step.dead)
            if len(set(given)) != len(given):
                raise BadWorkflowError(f"Step {step.name!r} names one parent twice.")
            for parent in given:
                if parent not in known:
                    raise BadWorkflowError(f"Step {step.name!r} waits for unknown {parent!r}.")
        self.in_order()
        DECLARED.add(self)

    def in_order(self) -> tuple[Step, ...]:
        """The steps, parents before children."""
        by_name = {step.name: step for step in self.steps}
        graph = {step.name: tuple(step.parents) for step in self.steps}
        try:
            return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
        except CycleError as problem:
            cycle = " → ".join(problem.args[1])
            raise BadWorkflowError(f"Workflow {self.name!r} has a cycle: {cycle}.") from problem


# Every workflow that is alive: the system check asks whether each of its steps has a handler.
DECLARED: Final[WeakSet[Workflow]] = WeakSet()
