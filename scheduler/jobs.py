"""The scheduler's own handlers."""

import asyncio

from scheduler.demo import DEMO_STEP, luck
from scheduler.handlers import Run, handler
from scheduler.outcomes import Done, Outcome, Retry


@handler(DEMO_STEP, timeout=60)
async def demo_step(run: Run, *, failure_rate: float, seconds: float) -> Outcome:
    """Works for a while, and then succeeds or does not."""
    for tenth in range(10):
        run.progress(tenth / 10, f"{tenth * 10} %")
        await asyncio.sleep(seconds / 10)
    return Done() if luck(failure_rate) else Retry("It failed, as was asked for.")
