"""What models cost, as data with a date: used where a provider does not say it itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from ai_engine.messages import Usage

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars: per million tokens read and written, and per hour of audio; the least seconds of it that
    are billed."""

    tokens_in: Decimal
    tokens_out: Decimal
    audio_hour: Decimal = Decimal(0)
    least_seconds: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceTable:
    dated: str
    prices: Mapping[str, Price]

    def cost(self, provider: str, model: str, usage: Usage) -> Decimal | None:
        """None if the price of the model is not known, which is not the same as free."""
        price = self.prices.get(f"{provider}/{model}")
        if price is None:
            return None
        if not (usage.tokens_in or usage.tokens_out or usage.audio_seconds):
            return Decimal(0)
        written = usage.tokens_out + usage.tokens_thinking
        spent = price.tokens_in * usage.tokens_in + price.tokens_out * written
        seconds = Decimal(usage.audio_seconds)
        heard = price.audio_hour * (seconds and max(seconds, price.least_seconds)) / 3600
        return (spent / _MILLION + heard).quantize(Decimal("0.00000001"))


@cache
def price_table() -> PriceTable:
    """The table beside this file."""
    raw = json.loads(Path(__file__).with_name("prices.json").read_text(encoding="utf-8"))
    return PriceTable(
        raw["dated"],
        {
            model: Price(*(Decimal(str(number)) for number in numbers))
            for model, numbers in raw["us_dollars"].items()
        },
    )
