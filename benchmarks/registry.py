"""What a benchmark is: a function that measures, registered under the id that quality goals name.

    @benchmark("P13")
    def measure_cold_start() -> Iterable[Measured]:
        yield Measured("cold start of `make run`", value=1.9, unit="s", goal=3.0, ok=True)

A missing peer is a failure: raise PeerMissing with what to install.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


class PeerMissing(Exception):
    """Something we measure ourselves against is not on this machine."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure. `ok` says whether the goal was met, calibration of the same run included."""

    name: str
    value: float
    unit: str
    goal: float
    ok: bool
    peers: Mapping[str, float] = field(default_factory=dict)
    samples: Sequence[float] = ()  # kept raw, so that a figure can be looked into later


Benchmark = Callable[[], Iterable[Measured]]
REGISTERED: dict[str, Benchmark] = {}
ONLY_BY_NAME: set[str] = set()  # too long for a run of all


def benchmark(identifier: str, *, only_by_name: bool = False) -> Callable[[Benchmark], Benchmark]:
    """Registers a function as the benchmark `identifier`; each has one."""

    def register(measure: Benchmark) -> Benchmark:
        if identifier in REGISTERED:
            raise ValueError(f"{identifier} is registered twice.")
        REGISTERED[identifier] = measure
        if only_by_name:
            ONLY_BY_NAME.add(identifier)
        return measure

    return register
