"""Builds the shared engine from Django's settings, with its ledger and policy in our tables."""

import atexit
import time
from collections.abc import Callable

from django.conf import settings

from ai_engine import ledger
from ai_engine.call_log import BatchedCallLog
from ai_engine.limits import Limits
from ai_engine.plain_engine import Engine
from ai_engine.policy import CachedPolicy
from ai_engine.providers.gemini import Gemini
from ai_engine.providers.groq import Groq
from ai_engine.providers.openrouter import OpenRouter
from ai_engine.providers.protocol import Provider, ProviderSettings
from ai_engine.resilience.chaos import parse_chaos

_MAKERS: dict[str, Callable[[ProviderSettings], Provider]] = {
    "gemini": Gemini,
    "openrouter": OpenRouter,
    "groq": Groq,
}


def build_engine() -> Engine:
    limits = Limits(
        attempts=settings.AI_ATTEMPTS,
        live_deadline=settings.AI_LIVE_DEADLINE,
        job_deadline=settings.AI_JOB_DEADLINE,
    )
    seconds: float = getattr(settings, "AI_CALL_LOG_SECONDS", 0.5)
    log = BatchedCallLog(ledger.store, seconds=seconds)
    if seconds:
        atexit.register(log.flush)
    return Engine(
        configured_providers(limits),
        limits=limits,
        call_log=log,
        context_tokens={name: most for name, most in settings.AI_CONTEXT_TOKENS.items() if most},
        policy=CachedPolicy(ledger.load_rules, time.monotonic, seconds=min(seconds, 1.0)),
        chaos=parse_chaos(settings.AI_CHAOS),
    )


def configured_providers(limits: Limits) -> list[Provider]:
    """Those with a key, in the order of AI_PROVIDERS."""
    providers: list[Provider] = []
    for name in settings.AI_PROVIDERS:
        given = settings.AI_PROVIDER_SETTINGS[name]
        if given["api_key"]:
            made = ProviderSettings(
                api_key=given["api_key"],
                base_url=given["base_url"],
                model=given["model"],
                stt_model=given["stt_model"],
                backstop=limits.job_deadline + 5,
            )
            providers.append(_MAKERS[name](made))
    return providers
