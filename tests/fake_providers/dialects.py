"""The three wire protocols: how each is asked, and how each gives text, ends and errors."""

import base64
import json
import re
from dataclasses import dataclass

Json = dict[str, object]
_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY", None: None}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call wants, whichever protocol it came in."""

    provider: str
    operation: str  # complete, stream, transcribe
    model: str
    system: str
    user: str
    schema: object = None
    sound: bytes = b""


def read(method: str, path: str, headers: dict[str, str], body: bytes) -> Asked | None:
    """The call in a request; None if no provider serves this path."""
    route = path.split("?")[0]
    if method != "POST":
        return None
    gemini = re.fullmatch(r"/(?:v1|v1beta)/models/([^:]+):(streamG|g)enerateContent", route)
    if gemini:
        return _gemini(json.loads(body), gemini.group(1), is_stream=gemini.group(2) == "streamG")
    for prefix, provider in (
        ("/openai/v1", "groq"),
        ("/api/v1", "openrouter"),
        ("/v1", "openrouter"),
    ):
        if route == f"{prefix}/chat/completions":
            return _chat(json.loads(body), provider)
        if route == f"{prefix}/audio/transcriptions":
            return Asked(provider, "transcribe", "", "", "", sound=body)
    return None


def _chat(body: Json, provider: str) -> Asked:
    said = body.get("messages")
    messages = said if isinstance(said, list) else []
    wanted = body.get("response_format")
    schema = None
    if isinstance(wanted, dict):
        form = wanted.get("json_schema")
        schema = form.get("schema") if isinstance(form, dict) else None
        schema = schema or _schema_in(messages)
    return Asked(
        provider,
        "stream" if body.get("stream") else "complete",
        str(body.get("model", "")),
        "\n".join(m["content"] for m in messages if m["role"] == "system"),
        next((m["content"] for m in messages if m["role"] == "user"), ""),
        schema,
    )


def _schema_in(messages: list[Json]) -> object:
    for message in messages:
        found = re.search(r"JSON of this schema: (\{.*\})", str(message["content"]))
        if found:
            return json.loads(found.group(1))
    return None


def _gemini(body: Json, model: str, *, is_stream: bool) -> Asked:
    config = body.get("generationConfig")
    schema = config.get("responseJsonSchema") if isinstance(config, dict) else None
    contents = body.get("contents")
    parts = [
        part
        for content in (contents if isinstance(contents, list) else [])
        for part in content["parts"]
    ]
    for part in parts:
        if "inlineData" in part:
            audio = base64.urlsafe_b64decode(part["inlineData"]["data"])  # as the SDK writes it
            return Asked("gemini", "transcribe", model, "", "", sound=audio)
    system = body.get("systemInstruction")
    told = system["parts"] if isinstance(system, dict) else []
    return Asked(
        "gemini",
        "stream" if is_stream else "complete",
        model,
        "\n".join(part["text"] for part in told),
        parts[0]["text"] if parts else "",
        schema,
    )


def whole(asked: Asked, text: str | None, finish: str | None) -> Json:
    """A reply in one piece. `text` None: a reply without choices, or candidates."""
    if asked.operation == "transcribe" and asked.provider != "gemini":
        return {"text": text or "", "duration": 2.5, "language": "en", "segments": []}
    if asked.provider == "gemini":
        return _gemini_reply(asked, text, finish, count=True)
    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "message": message, "finish_reason": finish}]
    return {
        "id": "gen-1",
        "object": "chat.completion",
        "created": 1,
        "model": asked.model,
        "choices": [] if text is None else choices,
        "usage": _usage(asked, text or ""),
    }


def piece(asked: Asked, text: str, finish: str | None = None) -> bytes:
    """One event of a stream."""
    if asked.provider == "gemini":
        return event(_gemini_reply(asked, text, finish, count=finish is not None))
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    chunk = _chunk(asked, [choice])
    if finish is not None and asked.provider == "groq":
        chunk["x_groq"] = {"id": "req-1", "usage": _usage(asked, "x" * 40)}
    return event(chunk)


def ending(asked: Asked, said: str) -> bytes:
    """What follows the last piece."""
    if asked.provider == "gemini":
        return b""
    usage = b""
    if asked.provider == "openrouter":
        usage = event(_chunk(asked, []) | {"usage": _usage(asked, said)})
    return usage + b"data: [DONE]\n\n"


def error(asked: Asked, status: int, message: str = "made to fail") -> Json:
    if asked.provider == "gemini":
        return {"error": {"code": status, "message": message, "status": "FAILED"}}
    return {"error": {"code": status, "message": message, "type": "failed"}}


def model_gone(asked: Asked) -> tuple[int, Json]:
    """Status and body: only Gemini says 404."""
    model = asked.model
    if asked.provider == "gemini":
        return 404, error(asked, 404, f"models/{model} is not found for API version v1beta")
    if asked.provider == "openrouter":
        return 400, error(asked, 400, f"{model} is not a valid model ID")
    said = f"The model `{model}` has been decommissioned and is no longer supported."
    told = {"message": said, "type": "invalid_request_error", "code": "model_decommissioned"}
    return 400, {"error": told}


def blocked(reason: str) -> tuple[str, str]:
    """Text and finish reason of an answer that a filter withheld."""
    return "", reason or "content_filter"


def prompt_blocked() -> Json:
    """Gemini's reply to a prompt that it will not read."""
    return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "m"}


def stopped_early(asked: Asked) -> bytes:
    """Groq's chunk that says why nothing more comes; its SDK raises nothing."""
    return event(_chunk(asked, []) | {"x_groq": {"id": "req-1", "error": "over_capacity"}})


def _chunk(asked: Asked, choices: list[Json]) -> Json:
    return {
        "id": "gen-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": asked.model,
        "choices": choices,
    }


def _gemini_reply(asked: Asked, text: str | None, finish: str | None, *, count: bool) -> Json:
    reply: Json = {"modelVersion": asked.model, "responseId": "r1"}
    if text is not None:
        candidate: Json = {"index": 0}
        if text or finish is None:
            candidate["content"] = {"role": "model", "parts": [{"text": text}]}
        if finish is not None:
            candidate["finishReason"] = _FINISH.get(finish, finish)
        reply["candidates"] = [candidate]
    if count:
        asked_tokens, said = _counts(asked, text or "")
        reply["usageMetadata"] = {
            "promptTokenCount": asked_tokens,
            "candidatesTokenCount": said,
            "totalTokenCount": asked_tokens + said,
        }
    return reply


def _usage(asked: Asked, text: str) -> Json:
    asked_tokens, said = _counts(asked, text)
    usage: Json = {
        "prompt_tokens": asked_tokens,
        "completion_tokens": said,
        "total_tokens": asked_tokens + said,
    }
    if asked.provider == "openrouter":
        usage["cost"] = round((asked_tokens * 0.4 + said * 1.6) / 1_000_000, 8)
    return usage


def _counts(asked: Asked, text: str) -> tuple[int, int]:
    return (len(asked.system) + len(asked.user)) // 4 + 1, len(text) // 4 + 1


def event(content: Json) -> bytes:
    return b"data: " + json.dumps(content, ensure_ascii=False).encode() + b"\n\n"
