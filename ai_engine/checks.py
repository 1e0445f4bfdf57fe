"""Stops the start when AI_CHAOS says something that nobody understands."""

from django.conf import settings
from django.core.checks import Error, register

from ai_engine.resilience.chaos import parse_chaos


@register()
def check_chaos(**_: object) -> list[Error]:
    try:
        plan = parse_chaos(settings.AI_CHAOS)
    except ValueError as problem:
        return [Error(f"AI_CHAOS cannot be used: {problem}.", id="ai_engine.E001")]
    unknown = sorted(set(plan) - set(settings.AI_PROVIDERS))
    if unknown:
        named = ", ".join(unknown)
        return [Error(f"AI_CHAOS names {named}: not among AI_PROVIDERS.", id="ai_engine.E002")]
    return []
