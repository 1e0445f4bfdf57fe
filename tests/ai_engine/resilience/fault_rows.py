"""The taxonomy of failures as a table: what the caller gets, what the provider and the breaker see of it."""

from dataclasses import dataclass, field

from tests.ai_engine.vendors import NAMES
from tests.fake_providers.faults import Fault


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the taxonomy. `calls`: wire calls that four requests make to the failing provider."""

    name: str
    fault: Fault
    kind: str
    calls: int
    state: str
    only: str = ""
    """complete or stream, where the fault exists for one of them only"""
    result: str = "ok"
    withdrawn: int = 0
    schema: bool = False
    """the caller wants JSON"""
    at: tuple[str, ...] = NAMES
    kinds: dict[str, str] = field(default_factory=dict)
    """where an SDK, or an operation, tells less than the others"""


def status(code: int, **more: object) -> Fault:
    return {"kind": "status", "status": code, **more}


def after(kind: str, words: int) -> Fault:
    return {"kind": kind, "after": words}


def rejected(text: str) -> Fault:
    """How Groq says that its model wrote no valid JSON; `text` is what it wrote."""
    return status(400, body={"error": {"message": "Failed to generate JSON", "type": "invalid_request_error",
                                       "code": "json_validate_failed", "failed_generation": text}})  # fmt: skip


CONTEXT = {"error": {"message": "This model's maximum context length is 8192 tokens"}}
MODERATED = {"error": {"code": 403, "message": "Your input was flagged by moderation"}}
CHAT = ("openrouter", "groq")
DEATHS = (("cut", "cut_off"), ("reset_midway", "cut_off"), ("silent_end", "cut_off"),
          ("error_event", "overloaded"), ("broken_chunk", "bad_answer"))  # fmt: skip
ROWS = [
    *(Row(f"status {code}", status(code), "overloaded", 3, "open")
      for code in (500, 503, 504, 529, 408, 409, 498)),
    Row("429 with Retry-After", status(429, headers={"retry-after": "30"}), "rate_limited", 1, "closed"),
    Row("429 without", status(429), "rate_limited", 1, "closed"),
    Row("401 key revoked", status(401), "key_rejected", 1, "open"),
    Row("402 credits spent", status(402), "key_rejected", 1, "open"),
    Row("403 not allowed", status(403), "key_rejected", 1, "open"),
    Row("403 moderated", status(403, body=MODERATED), "blocked", 4, "closed"),
    Row("404 model unknown", status(404), "model_missing", 1, "open"),
    Row("the model is gone", {"kind": "model_gone"}, "model_missing", 1, "open"),
    Row("400 our fault", status(400), "request_rejected", 4, "closed", result="request_rejected"),
    Row("422 our fault", status(422), "request_rejected", 4, "closed", result="request_rejected"),
    Row("400 context length", status(400, body=CONTEXT), "too_long", 4, "closed"),
    Row("413 too large", status(413), "too_long", 4, "closed"),
    Row("5xx page", status(502, body="<html>bad gateway</html>"), "overloaded", 3, "open"),
    Row("hang", {"kind": "hang"}, "timed_out", 3, "open"),
    Row("headers, then silence", {"kind": "headers_then_silence"}, "timed_out", 3, "open"),
    Row("drip", {"kind": "drip", "seconds": 4}, "timed_out", 3, "open", only="complete"),
    Row("closed before a byte", {"kind": "disconnect"}, "disconnected", 2, "open"),
    Row("reset before a byte", {"kind": "reset"}, "disconnected", 2, "open"),
    Row("body cut", {"kind": "cut"}, "cut_off", 3, "open", only="complete"),
    Row("no finish reason", {"kind": "silent_end"}, "cut_off", 3, "open", only="complete"),
    Row("web page with 200", {"kind": "html"}, "bad_answer", 3, "open"),
    Row("broken JSON with 200", {"kind": "broken_json"}, "bad_answer", 3, "open"),
    Row("error with 200", {"kind": "error_200"}, "overloaded", 3, "open",
        kinds={"gemini complete error_200": "bad_answer"}),
    Row("empty body", {"kind": "empty"}, "bad_answer", 3, "open"),
    Row("no choices", {"kind": "no_choices"}, "bad_answer", 3, "open"),
    Row("no text", {"kind": "no_text"}, "bad_answer", 3, "open"),
    Row("safety filter", {"kind": "safety"}, "blocked", 4, "closed"),
    *(Row(f"safety filter: {reason}", {"kind": "safety", "reason": reason}, "blocked", 4, "closed",
          at=("gemini",)) for reason in ("RECITATION", "PROHIBITED_CONTENT")),
    Row("prompt blocked", {"kind": "prompt_blocked"}, "blocked", 4, "closed", at=("gemini",)),
    Row("endless answer", {"kind": "endless"}, "bad_answer", 3, "open", withdrawn=1),
    # one more call, with twice the room, and then the next provider
    Row("stopped by length, JSON", {"kind": "length"}, "truncated", 8, "closed", only="complete",
        schema=True),
    Row("stopped by length, no word", {"kind": "length", "empty": True}, "truncated", 8, "closed",
        only="complete"),
    Row("stopped by length, no word streamed", {"kind": "length", "empty": True}, "truncated", 4,
        "closed", only="stream"),
    Row("stopped by length, spoken", {"kind": "length"}, "truncated", 4, "closed", only="stream",
        withdrawn=1),
    # the answer itself is whole, so the ledger counts it as one; asked to repair it, the model errs again
    Row("JSON of another form", {"kind": "wrong_schema"}, "ok", 8, "closed", only="complete", schema=True),
    Row("JSON that the provider refused", rejected("Sure! Here it is"), "invalid_output", 8, "closed",
        only="complete", schema=True, at=CHAT),
    *(Row(f"{kind} early", after(kind, 2), kind_of, 3, "open", only="stream")
      for kind, kind_of in DEATHS),
    *(Row(f"{kind} midway", after(kind, 9), kind_of, 3, "open", only="stream", withdrawn=1)
      for kind, kind_of in DEATHS),
    Row("stopped_early early", after("stopped_early", 2), "cut_off", 3, "open", only="stream", at=("groq",)),
    Row("stopped_early midway", after("stopped_early", 9), "cut_off", 3, "open", only="stream",
        withdrawn=1, at=("groq",)),
    # the first words are held back for a moment only: who falls silent later has been heard
    Row("silence early", after("silence_midway", 2), "cut_off", 3, "open", only="stream", withdrawn=1),
    Row("silence midway", after("silence_midway", 9), "cut_off", 3, "open", only="stream", withdrawn=1),
    Row("comments midway", {"kind": "comments_midway", "after": 9, "seconds": 0.5}, "cut_off", 3, "open", only="stream",
        withdrawn=1, kinds={"gemini stream comments_midway": "bad_answer"}),
]  # fmt: skip
