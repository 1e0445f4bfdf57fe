"""Everything that can go wrong with a model call, and what follows from it.

    AiError
    ├── ProviderFailed             one attempt at one provider brought no answer
    │   ├── Unreachable            refused, no such host, TLS
    │   ├── Disconnected           the connection closed before a byte of the answer
    │   ├── TimedOut               no answer, or no further word, in the time given
    │   │   └── Hurried            … which was short, because others had used it up
    │   ├── Overloaded             5xx, 408, 409, 498, 529
    │   ├── RateLimited            429: come back after `retry_after`
    │   ├── KeyRejected            401, 403, 402: key revoked, credits spent
    │   ├── ModelMissing           404, or 400 that says so: the provider does not know this model
    │   ├── BadAnswer              status 200, and no answer in it: HTML, broken JSON, empty, an error
    │   ├── CutOff                 the answer began and did not finish
    │   │   └── OutOfTime          … because a slow reader had used up its time
    │   ├── Truncated              finished by length where only a whole answer is of use
    │   ├── InvalidOutput          a whole answer that was not accepted (keeps `raw_text`)
    │   ├── Blocked                withheld by a safety filter
    │   ├── TooLong                more than this model can read
    │   ├── Busy                   our own bulkhead is full
    │   └── CircuitOpen            not asked: it failed or limited us a moment ago
    ├── RequestRejected            400, 422: our request is wrong; no provider would take it
    ├── AllProvidersDown           nobody answered; `retry_in` says when to ask again
    ├── NoProviderConfigured       there is nobody to ask
    └── BudgetSpent                the scope has used up its budget of this month

Callers ask `is_permanent`: a permanent error is not cured by asking again. How the engine itself
reacts to a ProviderFailed stands in its class: `same_provider`, `fails_over`, `weight`.
"""

from typing import ClassVar, Literal

SameProvider = Literal["no", "at_once", "back_off", "if_soon"]
"""Whether the same provider is asked again: never, once without waiting, after a back-off,
or only if it named a time that is near."""

Weight = Literal["none", "failure", "heavy", "limit", "trip"]
"""What the breaker makes of it: nothing, a failure, a failure of which two in a row are enough,
a rest until the time it named, or open at once and for long."""


class AiError(Exception):
    """A model call brought no usable answer."""

    kind: ClassVar[str] = "error"
    is_permanent: ClassVar[bool] = False


class ProviderFailed(AiError):
    """One attempt at one provider brought no answer."""

    kind = "failed"
    same_provider: ClassVar[SameProvider] = "no"
    fails_over: ClassVar[bool] = True
    weight: ClassVar[Weight] = "failure"
    answered: ClassVar[bool] = False
    """The provider did its work: asking again later will hardly change what it says."""

    remedy: ClassVar[str] = ""
    """What a person has to do, where no waiting cures it. `{NAME}` stands for the provider in capitals."""

    def __init__(self, provider: str, message: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{provider}: {message or type(self).__doc__}")
        self.provider = provider
        self.status = status


class Unreachable(ProviderFailed):
    """No connection could be made."""

    kind = "unreachable"
    weight = "heavy"


class Disconnected(ProviderFailed):
    """The connection closed before a byte of the answer.

    Once it may be a kept connection that had gone stale: the breaker is told only if the same request meets it
    twice, or is not sent a second time.
    """

    kind = "disconnected"
    same_provider = "at_once"
    weight = "heavy"


class TimedOut(ProviderFailed):
    """No word came in the time given."""

    kind = "timed_out"


class Hurried(TimedOut):
    """No word came, but there was little time left for it."""

    weight = "none"


class Overloaded(ProviderFailed):
    """The provider says that it cannot answer now."""

    kind = "overloaded"
    same_provider = "back_off"


class RateLimited(ProviderFailed):
    """The provider asks to be left alone for a while."""

    kind = "rate_limited"
    same_provider = "if_soon"
    weight = "limit"

    def __init__(
        self,
        provider: str,
        message: str = "",
        *,
        status: int | None = 429,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(provider, message, status=status)
        self.retry_after = retry_after


class KeyRejected(ProviderFailed):
    """The key is not valid, not allowed, or its credits are spent."""

    kind = "key_rejected"
    weight = "trip"
    remedy = (
        "The provider does not take the key, or its credit is spent. Look there, put a key that works "
        "into {NAME}_API_KEY, and restart."
    )


class ModelMissing(ProviderFailed):
    """The provider does not know the model."""

    kind = "model_missing"
    weight = "trip"
    remedy = (
        "The provider has no such model, or no more. Name one that it has in {NAME}_MODEL (speech: "
        "{NAME}_STT_MODEL), and restart."
    )


class BadAnswer(ProviderFailed):
    """A success in name that holds no answer."""

    kind = "bad_answer"


class CutOff(ProviderFailed):
    """The answer began and did not finish."""

    kind = "cut_off"


class OutOfTime(CutOff):
    """The answer began, and whoever read it took the time that it had."""

    weight = "none"


class Truncated(ProviderFailed):
    """The answer ran into the length limit where only a whole one is of use."""

    kind = "truncated"
    weight = "none"
    answered = True


class InvalidOutput(ProviderFailed):
    """The answer was whole, and not acceptable."""

    kind = "invalid_output"
    weight = "none"
    answered = True

    def __init__(self, provider: str, message: str = "", *, raw_text: str = "") -> None:
        super().__init__(provider, message)
        self.raw_text = raw_text


class Blocked(ProviderFailed):
    """A safety filter withheld the answer."""

    kind = "blocked"
    is_permanent = True
    weight = "none"
    answered = True


class TooLong(ProviderFailed):
    """More text or audio than this model can take."""

    kind = "too_long"
    is_permanent = True
    weight = "none"
    answered = True


class Busy(ProviderFailed):
    """Our own limit of calls at a time is reached."""

    kind = "busy"
    weight = "none"


class CircuitOpen(ProviderFailed):
    """Not asked: the provider failed, or limited us, a moment ago."""

    kind = "circuit_open"
    weight = "none"


class RequestRejected(AiError):
    """Our request is wrong; no provider would take it."""

    kind = "request_rejected"
    is_permanent = True

    def __init__(self, provider: str, message: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{provider}: {message or type(self).__doc__}")
        self.provider = provider
        self.status = status


class AllProvidersDown(AiError):
    """Nobody answered. `retry_in` seconds from now one of them may.

    `for_everybody`: none was left out, so that nobody else would have had an answer either.
    """

    kind = "all_providers_down"

    def __init__(
        self, *, retry_in: float, failures: tuple[ProviderFailed, ...] = (), for_everybody: bool
    ) -> None:
        kinds = ", ".join(f"{failure.provider} {failure.kind}" for failure in failures)
        super().__init__(f"No AI provider answered ({kinds or 'none could be asked'}).")
        self.retry_in = retry_in
        self.failures = failures
        self.for_everybody = for_everybody


class NoProviderConfigured(AiError):
    """No AI provider may be asked: none has a key, or the organisation switched all of them off."""

    kind = "no_provider"
    is_permanent = True

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class BudgetSpent(AiError):
    """The organisation has used up its AI budget of this month."""

    kind = "budget_spent"
    is_permanent = True
    WORDS: ClassVar[str] = "The AI budget of this month is spent"

    def __init__(self, *, scope: str, spent: str, budget: str) -> None:
        super().__init__(
            f"{self.WORDS} ({spent} of {budget} US dollars). "
            "An administrator can raise it, or wait for the next month."
        )
        self.scope = scope


def remedy_for(provider: str, kind: str) -> str:
    """What a person has to do about failures of this kind; nothing where they end by themselves."""
    for error in (KeyRejected, ModelMissing):
        if error.kind == kind:
            return error.remedy.replace("{NAME}", provider.upper())
    return ""
