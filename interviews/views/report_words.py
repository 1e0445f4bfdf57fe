"""Small questions that several pages of the report ask."""

from ai_engine.engine import engine
from interviews.models import Debrief, DebriefPart, Interview, Organisation
from interviews.queries.material import allowed_providers


def whole_number(text: str | None) -> int | None:
    """A number from an address; None when it is absent or no number of ours."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return int(text)


def is_degraded(debrief: Debrief) -> bool:
    """Whether some part was put together without AI."""
    return DebriefPart.objects.filter(debrief=debrief, degraded=True).exists()


def has_providers(organisation: Organisation) -> bool:
    """Whether there is an AI that this organisation may ask by now."""
    return engine.has_providers(allowed_providers(organisation.ai_providers_off))


def debrief_words(debrief: Debrief | None) -> str:
    """How the debrief stands, for the head of the page."""
    return f"Debrief {debrief.get_status_display().lower()}" if debrief else ""


def length_words(interview: Interview) -> str:
    """How long the interview took; nothing when that is not known."""
    if interview.started_at is None or interview.ended_at is None:
        return ""
    minutes = round((interview.ended_at - interview.started_at).total_seconds() / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}" if minutes > 0 else ""
