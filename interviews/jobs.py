"""The jobs of the product: each is one line into a service."""

import uuid

from django.conf import settings
from django.utils import timezone

from interviews.services.answer_question import answer_question
from interviews.services.check_clock import check_clock
from interviews.services.erase_candidate import sweep_erased
from interviews.services.erase_recordings import sweep_files
from interviews.services.finish_debrief import finish_debrief
from interviews.services.join_recordings import join_recordings
from interviews.services.keep_no_longer import (
    keep_no_longer,
    keep_recordings_no_longer,
    prune_audit_trail,
    prune_model_calls,
)
from interviews.services.settle_transcript import settle_transcript
from interviews.services.write_insights import write_insights
from interviews.services.write_scorecard import write_scorecard
from interviews.services.write_summary import write_summary
from scheduler.handlers import handler
from scheduler.outcomes import Done, Outcome
from scheduler.priorities import Priority
from scheduler.recurring import declare_recurring
from scheduler.run import Run

AI_TIMEOUT = settings.AI_JOB_DEADLINE + 60.0  # so that the engine gives up first, and says why


@handler("interviews.settle_transcript", timeout=30, priority=Priority.HIGH)
def settle(run: Run, *, debrief_id: uuid.UUID) -> Outcome | None:
    """Freezes the transcript once all speech is in it."""
    return settle_transcript(run=run, debrief_id=debrief_id)


@handler("interviews.write_summary", timeout=AI_TIMEOUT)
async def summary(run: Run, *, debrief_id: uuid.UUID) -> Outcome | None:
    """Writes the summary of an interview."""
    return await write_summary(run=run, debrief_id=debrief_id)


@handler("interviews.write_scorecard", timeout=AI_TIMEOUT)
async def scorecard(run: Run, *, debrief_id: uuid.UUID) -> Outcome | None:
    """Drafts the scorecard of an interview."""
    return await write_scorecard(run=run, debrief_id=debrief_id)


@handler("interviews.write_insights", timeout=AI_TIMEOUT)
async def insights(run: Run, *, debrief_id: uuid.UUID) -> Outcome | None:
    """Counts and words how an interview went."""
    return await write_insights(run=run, debrief_id=debrief_id)


@handler("interviews.finish_debrief", timeout=30, priority=Priority.HIGH)
def finish(run: Run, *, debrief_id: uuid.UUID) -> Outcome | None:
    """Says how the debrief ended."""
    return finish_debrief(run=run, debrief_id=debrief_id, now=timezone.now())


@handler("interviews.answer_question", timeout=45, retries=(1.0,), priority=Priority.URGENT)
async def answer(run: Run, *, answer_id: uuid.UUID) -> Outcome | None:
    """Answers a member's question about an interview."""
    return await answer_question(run=run, answer_id=answer_id)


@handler("interviews.join_recordings", timeout=300)
def join(run: Run, *, interview_id: uuid.UUID) -> Outcome | None:
    """Makes one file of each recording that is whole, or will not become so."""
    return join_recordings(run=run, interview_id=interview_id, now=timezone.now())


@handler("interviews.check_clock", timeout=30)
def clock(run: Run, *, interview_id: uuid.UUID) -> Outcome | None:
    """Pauses, ends or expires what nobody ends."""
    check_clock(interview_id=interview_id, now=timezone.now())
    return None


@handler("interviews.sweep_erased", timeout=60)
def sweep(run: Run, *, receipt_id: uuid.UUID) -> Outcome | None:
    """Erases what work under way left behind of somebody erased."""
    sweep_erased(receipt_id=receipt_id, now=timezone.now())
    return None


@handler("interviews.keep_no_longer", timeout=600, priority=Priority.LOW)
def retention(run: Run) -> Outcome | None:
    """Erases the conversations and recordings whose time is over; the audit trail, the AI's calls with it, long after."""
    now = timezone.now()
    return Done(
        {
            "erased": keep_no_longer(now=now),
            "recordings": keep_recordings_no_longer(now=now),
            "files": sweep_files(now=now),
            "pruned": prune_audit_trail(now=now) + prune_model_calls(now=now),
        }
    )


declare_recurring("retention", "interviews.keep_no_longer", cron="10 3 * * *")
