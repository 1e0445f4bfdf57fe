"""Sets what an organisation may spend on AI in a month."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from ai_engine import usage
from ai_engine.errors import BudgetSpent
from ai_engine.inputs import ScopeRules
from interviews.models import Member
from interviews.services.record_audit import record_audit
from scheduler import dead_letters

MOST = Decimal(1_000_000)


@transaction.atomic
def set_ai_budget(*, budget: Decimal | None, by: Member) -> ScopeRules:
    """US dollars for each month; None: no limit. What was given up for want of money is tried again.

    Raises ValidationError.
    """
    if budget is not None and not 0 <= budget <= MOST:
        raise ValidationError({"budget": "Give an amount from 0 to 1,000,000 US dollars."})
    scope = str(by.organisation_id)
    before = usage.scope_rules(scope=scope)
    rules = usage.set_scope_rules(
        scope=scope, providers_off=before.providers_off, monthly_budget=budget
    )
    record_audit(
        organisation=by.organisation_id,
        action="ai_budget.set",
        subject_kind="organisation",
        subject_id=by.organisation_id,
        member=by,
        detail={
            "from": None if before.budget is None else str(before.budget),
            "to": None if budget is None else str(budget),
        },
    )
    if budget is None or budget > rules.spent:
        dead_letters.replay_many(dead_letters.died_of(BudgetSpent.WORDS, scope=scope))
    return rules
