"""The AI: how its providers fare, what an organisation used, and what it may spend."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from ai_engine import usage
from interviews.access import Permission
from interviews.api.doors import MemberCall, member_operation
from interviews.queries.ai_figures import providers_now
from interviews.services.set_ai_budget import set_ai_budget

router = Router(tags=["ai"])


class OperationOut(Schema):
    """`state`: working, limited (it asked for a rest), resting or being tried; `opens_in`: seconds until it is asked again."""

    operation: str
    state: str
    opens_in: float


class ProviderOut(Schema):
    """The figures are of the organisation's own calls in the last 24 hours."""

    name: str
    model: str
    is_well: bool
    operations: list[OperationOut]
    calls: int
    failures: int
    average_ms: int


class DayOut(Schema):
    day: date
    provider: str
    calls: int
    failures: int
    tokens_in: int
    tokens_out: int
    cost: Decimal


class UsageQuery(Schema):
    days: int = Field(30, ge=1, le=366)


class BudgetOut(Schema):
    """US dollars; `monthly` null: no limit."""

    monthly: Decimal | None
    spent: Decimal


class BudgetIn(Schema):
    """Left out, or null: no limit."""

    monthly: Decimal | None = Field(None, ge=0, le=1_000_000, max_digits=9, decimal_places=2)


@router.get("/providers", response=list[ProviderOut])
@member_operation(Permission.MANAGE_TEAM)
def list_providers(request: MemberCall) -> list[ProviderOut]:
    """In the order in which they are asked."""
    return [
        ProviderOut(
            name=provider.name,
            model=provider.model,
            is_well=provider.is_well,
            operations=[
                OperationOut(operation=now.operation, state=now.state, opens_in=now.opens_in)
                for now in provider.operations
            ],
            calls=provider.record.calls if provider.record else 0,
            failures=provider.record.failures if provider.record else 0,
            average_ms=provider.record.average_ms if provider.record else 0,
        )
        for provider in providers_now(scope=str(request.member.organisation_id))
    ]


@router.get("/usage", response=list[DayOut])
@member_operation(Permission.MANAGE_TEAM)
def list_usage(request: MemberCall, query: Query[UsageQuery]) -> list[DayOut]:
    """By day and provider, oldest first; days without a call are left out."""
    used = usage.cost_by_day(scope=str(request.member.organisation_id), days=query.days)
    return [DayOut(**{name: getattr(row, name) for name in DayOut.model_fields}) for row in used]


@router.get("/budget", response=BudgetOut)
@member_operation(Permission.MANAGE_TEAM)
def read_budget(request: MemberCall) -> BudgetOut:
    """What may be spent this month, and what is."""
    rules = usage.scope_rules(scope=str(request.member.organisation_id))
    return BudgetOut(monthly=rules.budget, spent=rules.spent)


@router.put("/budget", response=BudgetOut)
@member_operation(Permission.MANAGE_TEAM)
def change_budget(request: MemberCall, body: BudgetIn) -> BudgetOut:
    """Holds from now on."""
    try:
        rules = set_ai_budget(budget=body.monthly, by=request.member)
    except ValidationError as problem:
        raise HttpError(422, "; ".join(problem.messages)) from problem
    return BudgetOut(monthly=rules.budget, spent=rules.spent)
