"""The AI of the whole installation, for operators: what the status page shows, for programs."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema

from ai_engine import usage
from ai_engine.engine import engine
from ai_engine.errors import AiError
from interviews.api.ai import DayOut, OperationOut, UsageQuery
from interviews.api.doors import operator_operation
from interviews.queries.ai_figures import answers_by_hour, last_outages, providers_now
from webapi.problems import FieldError, Unprocessable

router = Router(tags=["ai"])


class OperationStatusOut(OperationOut):
    """`reason`: the kind of the last error, or nothing."""

    reason: str


class ProviderStatusOut(Schema):
    """Health is what this process knows; the figures are of everybody's calls in the last 24 hours.
    `slow_ms`: nineteen of twenty answers came sooner. `errors`: how often each kind of error came.
    `condition`: working, limited or trouble; `what_to_do`: for a person, where no waiting cures it."""

    name: str
    model: str
    speech_model: str
    is_well: bool
    condition: str
    what_to_do: str
    operations: list[OperationStatusOut]
    calls: int
    failures: int
    average_ms: int
    slow_ms: int
    errors: dict[str, int]


class HourOut(Schema):
    provider: str
    hour: datetime
    answers: int
    average_ms: int


class OutageOut(Schema):
    """`ended` null: it goes on."""

    provider: str
    operation: str
    reason: str
    began: datetime
    ended: datetime | None


class TestCallIn(Schema):
    provider: str


class TestCallOut(Schema):
    """`error`: the kind of what went wrong, or nothing."""

    provider: str
    answered: bool
    model: str
    error: str


@router.get("/ai/providers", response=list[ProviderStatusOut])
@operator_operation
def list_provider_status(request: HttpRequest) -> list[ProviderStatusOut]:
    """In the order in which they are asked."""
    return [
        ProviderStatusOut(
            name=provider.name,
            model=provider.model,
            speech_model=provider.speech_model,
            is_well=provider.is_well,
            condition=provider.condition,
            what_to_do=provider.remedy,
            operations=[
                OperationStatusOut(
                    operation=now.operation,
                    state=now.state,
                    opens_in=now.opens_in,
                    reason=now.reason,
                )
                for now in provider.operations
            ],
            calls=provider.record.calls if provider.record else 0,
            failures=provider.record.failures if provider.record else 0,
            average_ms=provider.record.average_ms if provider.record else 0,
            slow_ms=provider.record.slow_ms if provider.record else 0,
            errors=dict(provider.record.kinds) if provider.record else {},
        )
        for provider in providers_now(scope=None)
    ]


@router.get("/ai/latency", response=list[HourOut])
@operator_operation
def list_latency(request: HttpRequest) -> list[HourOut]:
    """The usual answer of each provider, hour by hour, in the last 24 hours."""
    return [
        HourOut(**{name: getattr(row, name) for name in HourOut.model_fields})
        for row in answers_by_hour()
    ]


@router.get("/ai/outages", response=list[OutageOut])
@operator_operation
def list_outages(request: HttpRequest) -> list[OutageOut]:
    """The last ones, newest first."""
    return [
        OutageOut(**{name: getattr(row, name) for name in OutageOut.model_fields})
        for row in last_outages()
    ]


@router.get("/ai/usage", response=list[DayOut])
@operator_operation
def list_all_usage(request: HttpRequest, query: Query[UsageQuery]) -> list[DayOut]:
    """Of all organisations together, by day and provider, oldest first."""
    used = usage.cost_by_day(scope=None, days=query.days)
    return [DayOut(**{name: getattr(row, name) for name in DayOut.model_fields}) for row in used]


@router.post("/ai/test-calls", response=TestCallOut)
@operator_operation
def make_test_call(request: HttpRequest, body: TestCallIn) -> TestCallOut:
    """One small call to one provider, asked even while it rests; what comes of it counts."""
    if body.provider not in {status.name for status in engine.status()}:
        raise Unprocessable(errors=[FieldError("/provider", "There is no such provider.")])
    try:
        reply = engine.run(engine.test_call(body.provider, scope="operator"))
    except AiError as error:
        return TestCallOut(provider=body.provider, answered=False, model="", error=error.kind)
    model = reply.provenance.model
    return TestCallOut(provider=body.provider, answered=True, model=model, error="")
