"""The engine under measurement: its providers, and a ledger that is really written."""

import os
import time

from ai_engine.call_log import BatchedCallLog
from ai_engine.inputs import CallContext, Lane
from ai_engine.messages import Message, Request
from ai_engine.policy import CachedPolicy
from ai_engine.providers.gemini import Gemini
from ai_engine.providers.groq import Groq
from ai_engine.providers.openrouter import OpenRouter
from ai_engine.providers.protocol import Provider, ProviderSettings
from benchmarks.ai_engine_load.fake import RunningFake

WHOLE = "with care."
"""How the fake's whole answers end."""
NOBODY = "http://127.0.0.1:9"
"""Nothing listens here."""


def question(lane: Lane = "live", deadline: float | None = None) -> Request:
    context = CallContext(scope="bench", lane=lane, deadline=deadline)
    return Request(skill="bench", messages=(Message("user", "How do you do?"),), context=context)


def vendors(fake: RunningFake, *, refused: bool = False) -> list[Provider]:
    """The three SDKs at the fake; with `refused` nothing listens where the first is sought."""
    return [
        OpenRouter(_settings(f"{NOBODY if refused else fake.address}/api/v1")),
        Groq(_settings(fake.address)),
        Gemini(_settings(fake.address)),
    ]


def production_ledger() -> tuple[BatchedCallLog, CachedPolicy]:
    """As in production: batches written to PostgreSQL by a thread, and a scope's rules read from it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")
    for name in ("SECRET_KEY", "LINK_KEY"):
        os.environ.setdefault(name, "only-for-benchmarks-0123456789-0123456789")
    import django  # here: the other measurements need no Django

    django.setup()
    from django.core.management import call_command

    from ai_engine import ledger

    call_command("migrate", verbosity=0)
    log = BatchedCallLog(ledger.store, seconds=0.5)
    return log, CachedPolicy(ledger.load_rules, time.monotonic)


def stored_calls() -> int:
    from ai_engine.models import ModelCall

    return ModelCall.objects.filter(scope="bench").count()


def _settings(base_url: str) -> ProviderSettings:
    return ProviderSettings(api_key="a-key", base_url=base_url, model="fake")
