"""The OpenAI chat dialect, which OpenRouter, Groq and every compatible server speak.

Replies are read attribute by attribute and believed in nothing: a 200 may hold HTML (then the SDK
hands over a plain string), an error object, or no choices at all, and no SDK raises on these.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ai_engine.errors import AiError, BadAnswer, Blocked, CutOff, Truncated
from ai_engine.inputs import JsonValue
from ai_engine.messages import Answer, Request, Usage
from ai_engine.providers.translation import from_status, status_in
from ai_engine.providers.wire_text import text_of

_EXTENSIONS = {
    "audio/webm": "webm", "audio/ogg": "ogg", "audio/wav": "wav", "audio/x-wav": "wav",
    "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/flac": "flac",
}  # fmt: skip


def file_name(mime: str) -> str:
    """A name for an upload: servers tell the format by its ending."""
    return f"speech.{_EXTENSIONS.get(mime.split(';')[0].strip().lower(), 'webm')}"


def messages(request: Request) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.text} for message in request.messages]


def json_schema(schema: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": schema},
    }


def read_completion(provider: str, request: Request, completion: object) -> Answer:
    """The answer in a whole reply."""
    choice = _first_choice(provider, completion)
    text = text_of(getattr(getattr(choice, "message", None), "content", None))
    finish = getattr(choice, "finish_reason", None)
    return finished(
        provider,
        request,
        text=text,
        shown=text,
        finish=finish if isinstance(finish, str) else None,
        model=text_of(getattr(completion, "model", None)),
        usage=usage(completion),
        cost=cost(completion),
    )


def finished(
    provider: str,
    request: Request,
    *,
    text: str,
    shown: str,
    finish: str | None,
    model: str,
    usage: Usage,
    cost: Decimal | None,
) -> Answer:
    """An answer that ended with `finish`, or the error which that way of ending is."""
    if finish is None:
        raise CutOff(provider, "no finish reason")
    if finish == "content_filter":
        raise Blocked(provider, "content_filter")
    if finish == "error":
        raise CutOff(provider, "finish reason error")
    if finish == "length":
        if request.schema is not None or not shown.strip():
            raise Truncated(provider, "length")
        return Answer(text, model, "length", usage, cost)
    if not shown.strip():
        raise BadAnswer(provider, "an empty answer")
    return Answer(text, model, "stop", usage, cost)


def error_inside(provider: str, reply: object) -> AiError | None:
    """The error that a reply with status 200 carries, as OpenRouter sends once work has begun."""
    extra = getattr(reply, "model_extra", None)
    error = extra.get("error") if isinstance(extra, dict) else None
    groq = getattr(getattr(reply, "x_groq", None), "error", None)
    if not error:
        return CutOff(provider, "stopped early") if groq else None
    status = status_in(error.get("code")) if isinstance(error, dict) else None
    if status is not None:
        return from_status(provider, status, str(error))
    return BadAnswer(provider, "an error with status 200")


def _first_choice(provider: str, completion: object) -> object:
    inside = error_inside(provider, completion)
    if inside is not None:
        raise inside
    choices = getattr(completion, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise BadAnswer(provider, "no choices")
    first: object = choices[0]
    return first


def usage(reply: object) -> Usage:
    """Tokens as the reply counts them; Groq's streams keep them under x_groq."""
    told = getattr(reply, "usage", None) or getattr(getattr(reply, "x_groq", None), "usage", None)
    if told is None:
        return Usage()
    cached = getattr(getattr(told, "prompt_tokens_details", None), "cached_tokens", None)
    thinking = getattr(getattr(told, "completion_tokens_details", None), "reasoning_tokens", None)
    return Usage(
        tokens_in=_whole(getattr(told, "prompt_tokens", None)),
        tokens_out=_whole(getattr(told, "completion_tokens", None)),
        tokens_cached=_whole(cached),
        tokens_thinking=_whole(thinking),
    )


def cost(reply: object) -> Decimal | None:
    extra = getattr(getattr(reply, "usage", None), "model_extra", None)
    told = extra.get("cost") if isinstance(extra, dict) else None
    if not isinstance(told, int | float) or isinstance(told, bool):
        return None
    try:
        return Decimal(str(told))
    except InvalidOperation:
        return None


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
