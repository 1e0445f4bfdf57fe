"""Who calls the API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API: `request.auth` of every operation. An empty scope limits nothing."""

    user_id: str
    scope: str = ""
    token_id: int | None = None

    @property
    def key(self) -> str:
        """Names the caller in tables of the ground."""
        return f"token:{self.token_id}" if self.token_id else f"user:{self.user_id}"
