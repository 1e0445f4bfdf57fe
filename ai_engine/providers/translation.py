"""From what SDKs raise to our errors.

The SDKs stand on different HTTP libraries (httpx, httpx2, aiohttp), whose exceptions share names but
no classes, and some escape unwrapped; so an exception is known by the names along its chain of causes.
"""

import email.utils
import json
import re
import time
import traceback
from collections.abc import Iterator, Mapping
from logging import getLogger

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

logger = getLogger(__name__)
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
    """Our error for what went wrong while an SDK was at work; None for a fault of our own code.

    `begun` says that the answer had started, so that a cut connection is a cut answer.
    """
    for link in _causes(problem):
        if isinstance(link, AiError):
            return link  # raised by a hook of ours, and wrapped by an SDK
    status = _status(problem)
    if status is not None:
        return from_status(provider, status, _body(problem), _headers(problem))
    chain = [type(link).__name__ for link in _causes(problem)]
    unsendable = _unsendable(provider, problem)
    if unsendable is not None:
        return unsendable
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
    if any("Timeout" in name for name in chain):
        return TimedOut(provider, chain[-1])
    if type(problem).__module__.startswith(_VENDOR_MODULES):
        return _error_event(provider, problem) if begun else Disconnected(provider, chain[0])
    return _stumbled(provider, problem)


def from_status(
    provider: str, status: int, body: str, headers: Mapping[str, str] | None = None
) -> AiError:
    """The error that a status code and its body stand for."""
    if status == 429:
        return RateLimited(provider, "429", retry_after=retry_after(headers or {}, body))
    failed = _known_by_status(status)
    if failed is not None:
        return failed(provider, f"status {status}", status=status)
    if status == 403:
        failed = Blocked if _MODERATED.search(body) else KeyRejected
    elif status == 400 and "json_validate_failed" in body:
        return InvalidOutput(provider, "json_validate_failed", raw_text=_failed_generation(body))
    elif _TOO_LONG.search(body):
        failed = TooLong
    elif _BAD_KEY.search(body):
        failed = KeyRejected
    elif (
        _NO_MODEL.search(body) and "response_format" not in body
    ):  # it is there, and knows no schemas
        failed = ModelMissing
    if failed is None:
        return RequestRejected(provider, f"status {status}", status=status)
    return failed(provider, f"status {status}", status=status)


def _known_by_status(status: int) -> type[ProviderFailed] | None:
    if status < 400:
        return BadAnswer  # a redirect, which is not followed
    if status in {408, 409, 498} or status >= 500:
        return Overloaded
    return {401: KeyRejected, 402: KeyRejected, 404: ModelMissing, 413: TooLong}.get(status)


def retry_after(headers: Mapping[str, str], body: str) -> float | None:
    """Seconds to wait, from the header (seconds or a date), `retry-after-ms`, or Gemini's RetryInfo.

    A date is compared with the provider's own: the clock of one of us may be wrong.
    """
    milliseconds = headers.get("retry-after-ms")
    if milliseconds and re.fullmatch(r"\d{1,9}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    value = headers.get("retry-after") or headers.get("Retry-After")
    if value and re.fullmatch(r"\d{1,9}(\.\d+)?", value.strip()):
        return float(value)
    if value:
        until = _moment(value)
        return (
            None
            if until is None
            else max(0.0, until - (_moment(headers.get("date")) or time.time()))
        )
    delay = re.search(r"""["']retryDelay["']:\s*["'](\d{1,9}(?:\.\d+)?)s["']""", body)
    return float(delay.group(1)) if delay else None


def _moment(date: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, TypeError, OverflowError):
        return None


def _unsendable(provider: str, problem: BaseException) -> AiError | None:
    """What cannot be put on the wire: a key that is no key, or a text with half a character in it."""
    for link in _causes(problem):
        if "Illegal header value" in str(link):
            return KeyRejected(provider, "its key holds characters that no header takes")
        if isinstance(link, UnicodeEncodeError) and link.encoding == "utf-8":
            return RequestRejected(provider, "a text holds characters that cannot be sent")
        if isinstance(link, UnicodeEncodeError):
            return KeyRejected(provider, "its key holds characters that no header takes")
    return None


def _stumbled(provider: str, problem: BaseException) -> AiError | None:
    """SDKs trust their servers: a list where they expect an object, or a number of five thousand digits,
    makes them fail as if they had been called wrongly. Another provider can still answer."""
    for frame, _ in traceback.walk_tb(problem.__traceback__):
        if str(frame.f_globals.get("__name__", "")).startswith(_VENDOR_MODULES):
            name = type(problem).__name__
            logger.warning(
                "The SDK of %s cannot read a reply: %s.", provider, name, exc_info=problem
            )
            return BadAnswer(provider, f"its SDK failed: {name}")
    return None


def _causes(problem: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = problem
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _status(problem: BaseException) -> int | None:
    for attribute in ("status_code", "code"):
        status = status_in(getattr(problem, attribute, None))
        if status is not None:
            return status
    return None


def status_in(code: object) -> int | None:
    """The status of a failure that a code names, as a number or in digits."""
    if isinstance(code, str) and re.fullmatch(r"[345][0-9]{2}", code):
        return int(code)
    return code if isinstance(code, int) and 300 <= code < 600 else None


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
    status = status_in(body.get("code")) if isinstance(body, dict) else None
    if status is not None:
        return from_status(provider, status, json.dumps(body, default=str))
    return CutOff(provider, "error in the stream")
