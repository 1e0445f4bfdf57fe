"""Whom the providers' clients believe."""

import asyncio
import ssl

import pytest

from ai_engine.providers.certificates import trusted
from tests.ai_engine.vendors import NAMES, Vendors, asked, hello, live
from tests.fake_providers.in_thread import fake_in_thread


def test_the_machines_certificates_are_read_once_however_many_clients_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[object] = []
    really = ssl.SSLContext.load_verify_locations

    def load(context: ssl.SSLContext, *args: str | None, **named: str | None) -> None:
        read.append(args or named)
        really(context, *args, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
    trusted.cache_clear()
    with fake_in_thread() as fake:
        for _ in range(2):

            async def ask_everybody() -> None:
                engine = Vendors(fake).engine()
                for name in NAMES:
                    only = hello(live(deadline=20, only=name))
                    assert (await asked(engine, only, streamed=False)).result == "ok"
                await engine.aclose()

            asyncio.run(ask_everybody())
    assert len(read) == 1, read


def test_who_shows_no_certificate_of_theirs_is_not_believed() -> None:
    assert trusted().verify_mode == ssl.CERT_REQUIRED
    assert trusted().check_hostname
