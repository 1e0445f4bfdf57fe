"""From what SDKs raise to our errors.

The SDKs stand on different HTTP libraries (httpx, httpx2, aiohttp), whose exceptions share names but
no classes, and some escape unwrapped; so an exception is known by the names along its chain of causes.
"""

import email.utils
import json
import re
import time
from collections.abc import Iterator, Mapping

from ai_engine.errors import (
    AiError,
    BadAnswer,
    Blocked,
    Busy,
    CutOff,
    Disconnected,
    InvalidOutput,
    KeyRejected,
    ModelMissing,
    Overloaded,
    ProviderFailed,
    RateLimited,
    RequestRejected,
    TimedOut,
    TooLong,
    Unreachable,
)

_VENDOR_MODULES = (
    "google",
    "openai",
    "groq",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "aiohttp",
)
_REFUSED = {"ConnectError", "ConnectTimeout", "ClientConnectorError", "gaierror", "SSLError",
            "ConnectionRefusedError", "ClientConnectorDNSError", "UnsupportedProtocol"}  # fmt: skip
_CUT = {"RemoteProtocolError", "ReadError", "WriteError", "ServerDisconnectedError", "ClientOSError",
        "ClientPayloadError", "ConnectionResetError", "BrokenPipeError", "LocalProtocolError",
        "IncompleteRead", "CloseError"}  # fmt: skip
_UNREADABLE = {"JSONDecodeError", "UnknownApiResponseError", "ValidationError", "RecursionError",
               "APIResponseValidationError", "UnicodeDecodeError", "DecodingError"}  # fmt: skip
_TOO_LONG = re.compile(
    r"context[ _](length|window)|maximum context|too many tokens|token count .*exceeds|"
    r"(prompt|input|request) is too (long|large)|reduce the length",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(
    r"api[ _]key (not|is not|is in)|api_key_invalid|invalid api key", re.IGNORECASE
)
_NO_MODEL = re.compile(
    r"model_decommissioned|model_not_found|decommissioned|not a valid model|unknown model|"
    r"model .{0,120}(does not exist|is not found|not supported)|no endpoints found",
    re.IGNORECASE,
)
_MODERATED = re.compile(r"moderat|flagged|safety|content[ _](filter|policy)", re.IGNORECASE)


def translate(provider: str, problem: BaseException, *, begun: bool) -> AiError | None:
    """Our error for what an SDK raised; None if it is not theirs but a fault of our own.

    `begun` says that the answer had started, so that a cut connection is a cut answer.
    """
    if isinstance(problem, AiError):
        return problem
    status = _status(problem)
    if status is not None:
        return from_status(provider, status, _body(problem), _headers(problem))
    chain = [type(link).__name__ for link in _causes(problem)]
    if any("complete message body" in str(link) for link in _causes(problem)):
        return CutOff(provider, "the body ended early")
    for known, error in (
        ({"PoolTimeout"}, Busy),
        (_REFUSED, Unreachable),
        (_CUT, CutOff if begun else Disconnected),
        (_UNREADABLE, BadAnswer),
    ):
        if any(name in known for name in chain):
            return error(provider, chain[-1])
    if "UnicodeEncodeError" in chain:
        # A key with a typographic quote, or half a character in a text: no other provider would take it either.
        return RequestRejected(provider, "it holds characters that cannot be sent")
    if any("Timeout" in name for name in chain):
        return TimedOut(provider, chain[-1])
    if not type(problem).__module__.startswith(_VENDOR_MODULES):
        return None
    return _error_event(provider, problem) if begun else Disconnected(provider, chain[0])


def from_status(
    provider: str, status: int, body: str, headers: Mapping[str, str] | None = None
) -> AiError:
    """The error that a status code and its body stand for."""
    failed: type[ProviderFailed] | None = None
    if status == 429:
        return RateLimited(provider, "429", retry_after=retry_after(headers or {}, body))
    if status in {401, 402}:
        failed = KeyRejected
    elif status == 403:
        failed = Blocked if _MODERATED.search(body) else KeyRejected
    elif status == 404:
        failed = ModelMissing
    elif status == 413:
        failed = TooLong
    elif status in {408, 409, 498} or status >= 500:
        failed = Overloaded
    elif status == 400 and "json_validate_failed" in body:
        return InvalidOutput(provider, "json_validate_failed", raw_text=_failed_generation(body))
    elif _TOO_LONG.search(body):
        failed = TooLong
    elif _BAD_KEY.search(body):
        failed = KeyRejected
    elif _NO_MODEL.search(body):
        failed = ModelMissing
    if failed is None:
        return RequestRejected(provider, f"status {status}", status=status)
    return failed(provider, f"status {status}", status=status)


def retry_after(headers: Mapping[str, str], body: str) -> float | None:
    """Seconds to wait, from the header (seconds or a date), `retry-after-ms`, or Gemini's RetryInfo."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds and re.fullmatch(r"\d{1,9}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    value = headers.get("retry-after") or headers.get("Retry-After")
    if value and re.fullmatch(r"\d{1,9}(\.\d+)?", value.strip()):
        return float(value)
    if value:
        try:
            at = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return None
        return max(0.0, at.timestamp() - time.time())
    delay = re.search(r"""["']retryDelay["']:\s*["'](\d{1,9}(?:\.\d+)?)s["']""", body)
    return float(delay.group(1)) if delay else None


def _causes(problem: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = problem
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _status(problem: BaseException) -> int | None:
    for attribute in ("status_code", "code"):
        value = getattr(problem, attribute, None)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return None


def _body(problem: BaseException) -> str:
    for attribute in ("body", "details", "message"):
        value = getattr(problem, attribute, None)
        if value:
            try:
                return value if isinstance(value, str) else json.dumps(value)
            except (TypeError, ValueError):
                return str(value)
    return str(problem)


def _headers(problem: BaseException) -> Mapping[str, str]:
    headers = getattr(getattr(problem, "response", None), "headers", None)
    if headers is None:
        return {}
    return {str(name).lower(): str(headers[name]) for name in headers}


def _failed_generation(body: str) -> str:
    try:
        parsed = json.loads(body)
    except ValueError:
        return ""
    error = parsed.get("error", parsed) if isinstance(parsed, dict) else {}
    text = error.get("failed_generation") if isinstance(error, dict) else None
    return text if isinstance(text, str) else ""


def _error_event(provider: str, problem: BaseException) -> AiError:
    """An error that came as an event of a stream that had begun with status 200."""
    body = getattr(problem, "body", None)
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    if isinstance(code, int) and 400 <= code < 600:
        return from_status(provider, code, json.dumps(body, default=str))
    return CutOff(provider, "error in the stream")
