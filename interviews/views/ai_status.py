"""The AI's status: an organisation sees what it uses and may spend, operators how the providers fare."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ai_engine import usage
from ai_engine.engine import engine
from ai_engine.errors import AiError
from interviews.access import Permission
from interviews.queries.ai_figures import answers_by_hour, days_of_cost, last_outages, providers_now
from interviews.services.set_ai_budget import set_ai_budget
from interviews.usage_charts import cost_chart, latency_chart, outage_chart
from interviews.views.doors import MemberRequest, member_page, operator_page
from interviews.views.forms import report_faults

DAYS = 30


class BudgetForm(forms.Form):
    budget = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=1_000_000,
        decimal_places=2,
        label="Most to spend in a month (US dollars)",
        help_text="Empty: no limit. When it is spent, no report is written until there is budget again, and "
        "live interviews go on with the plan's own words.",
    )


@member_page(Permission.MANAGE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def ai_usage(request: MemberRequest) -> HttpResponse:
    scope = str(request.member.organisation_id)
    rules = usage.scope_rules(scope=scope)
    form = BudgetForm(request.POST or None, initial={"budget": rules.budget})
    if request.method == "POST" and form.is_valid():
        try:
            set_ai_budget(budget=form.cleaned_data["budget"], by=request.member)
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            messages.success(request, "The budget is saved.")
            return redirect("ai_usage")
    used = usage.cost_by_day(scope=scope, days=DAYS)
    days = days_of_cost(used, days=DAYS)
    shown = {
        "form": form,
        "rules": rules,
        "chart": cost_chart(days, chart_id="cost"),
        "calls": sum(day.calls for day in days),
        "cost": sum((day.cost for day in days), Decimal(0)),
        "tokens": sum(row.tokens_in + row.tokens_out for row in used),
        "records": usage.provider_records(scope=scope, hours=DAYS * 24),
        "days": DAYS,
    }
    return render(request, "interviews/ai_usage.html", shown, status=422 if form.errors else 200)


@operator_page
@require_safe
def ai_status(request: HttpRequest) -> HttpResponse:
    days = days_of_cost(usage.cost_by_day(scope=None, days=DAYS), days=DAYS)
    outages, answers = last_outages(), answers_by_hour()
    shown = {
        "providers": providers_now(scope=None),
        "chart": cost_chart(days, chart_id="cost"),
        "cost": sum((day.cost for day in days), Decimal(0)),
        "latency": latency_chart(answers, until=now(), hours=24, chart_id="latency"),
        "slowest_ms": max((hour.average_ms for hour in answers), default=0),
        "outages": outages,
        "timeline": outage_chart(outages, until=now(), span=timedelta(days=1), chart_id="outages"),
        "days": DAYS,
    }
    return render(request, "interviews/ai_status.html", shown)


@operator_page
@require_POST
def ai_test(request: HttpRequest) -> HttpResponse:
    """One small call to one provider."""
    name = request.POST.get("provider", "")
    if name not in {status.name for status in engine.status()}:
        messages.error(request, "There is no such provider.")
        return redirect("ai_status")
    try:
        reply = engine.run(engine.test_call(name, scope="operator"))
    except AiError as error:
        messages.error(request, f"{name} did not answer: {error.kind.replace('_', ' ')}.")
    else:
        messages.success(request, f"{name} answered, as {reply.provenance.model}.")
    return redirect("ai_status")
