"""What the AI cost and how its providers fare, arranged for pages and programs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ai_engine import usage
from ai_engine.engine import engine
from ai_engine.errors import remedy_for
from ai_engine.usage import DayCost, HourOfAnswers, OutageSeen, ProviderRecord

LIMITED = "limited"
SPELLED = {"openrouter": "OpenRouter"}
STATES = {"closed": "working", "half_open": "being tried", "open": "resting"}


@dataclass(frozen=True, slots=True)
class OperationNow:
    """May it be asked now? `opens_in`: seconds until it may."""

    operation: str
    state: str
    opens_in: float
    reason: str


@dataclass(frozen=True, slots=True)
class ProviderNow:
    """One provider: what this process knows of it, and what the ledger says of the last day."""

    name: str
    model: str
    speech_model: str
    operations: tuple[OperationNow, ...]
    record: ProviderRecord | None
    remedy: str
    """What a person has to do, where no waiting cures it."""

    @property
    def title(self) -> str:
        return provider_title(self.name)

    @property
    def is_well(self) -> bool:
        return not self.remedy and all(
            operation.state == "working" for operation in self.operations
        )

    @property
    def condition(self) -> str:
        """In one word: working; limited, if all that is amiss is that it asked for a rest; or trouble."""
        if self.is_well:
            return "working"
        states = {operation.state for operation in self.operations}
        return "limited" if not self.remedy and states <= {"working", LIMITED} else "trouble"


@dataclass(frozen=True, slots=True)
class DayOfCost:
    day: date
    calls: int
    cost: Decimal


def provider_title(name: str) -> str:
    """A provider's name as its makers write it."""
    return SPELLED.get(name, name.capitalize())


def providers_now(*, scope: str | None) -> tuple[ProviderNow, ...]:
    """In the order in which they are asked. `scope`: whose calls count in the record; None: everybody's."""
    records = {record.provider: record for record in usage.provider_records(scope=scope)}
    remedies = {outage.provider: outage.remedy for outage in usage.outages_that_need_a_person()}
    found = []
    for status in engine.status():
        operations = tuple(
            OperationNow(
                operation,
                LIMITED if health.is_limited else STATES[health.state],
                health.opens_in,
                health.reason,
            )
            for operation, health in status.health.items()
            if operation != "transcribe" or status.speech_model
        )
        found.append(
            ProviderNow(
                name=status.name,
                model=status.model,
                speech_model=status.speech_model,
                operations=operations,
                record=records.get(status.name),
                remedy=remedies.get(status.name) or _remedy_here(status.name, operations),
            )
        )
    return tuple(found)


def _remedy_here(provider: str, health: Iterable[OperationNow]) -> str:
    """What this process has met, which the ledger learns half a second later."""
    reasons = [now.reason for now in health if now.state in {"resting", "being tried"}]
    return next(filter(None, (remedy_for(provider, reason) for reason in reasons)), "")


def days_of_cost(used: Sequence[DayCost], *, days: int) -> tuple[DayOfCost, ...]:
    """Every one of the last days, those without a call too, oldest first."""
    today = datetime.now(UTC).date()
    return tuple(
        DayOfCost(
            day,
            sum(row.calls for row in used if row.day == day),
            sum((row.cost for row in used if row.day == day), Decimal(0)),
        )
        for day in (today - timedelta(days=back) for back in range(days - 1, -1, -1))
    )


def last_outages() -> tuple[OutageSeen, ...]:
    return usage.last_outages(most=20)


def answers_by_hour() -> tuple[HourOfAnswers, ...]:
    return usage.answers_by_hour(hours=24)
