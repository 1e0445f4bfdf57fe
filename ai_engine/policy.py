"""What a scope (an organisation) may use: which providers, and for how much money."""

import threading
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Protocol

from ai_engine.errors import BudgetSpent
from ai_engine.inputs import ScopeRules


class Policy(Protocol):
    async def rules(self, scope: str) -> ScopeRules: ...


class OpenPolicy:
    """Everything is allowed."""

    async def rules(self, scope: str) -> ScopeRules:
        return ScopeRules()


class FixedPolicy:
    """The same rules for everybody: for use without a database."""

    def __init__(self, rules: ScopeRules) -> None:
        self._rules = rules

    async def rules(self, scope: str) -> ScopeRules:
        return self._rules


class CachedPolicy:
    """Asks `load` at most once a second for each scope, so that a call waits for no database."""

    def __init__(
        self,
        load: Callable[[str], Awaitable[ScopeRules]],
        clock: Callable[[], float],
        *,
        seconds: float = 1.0,
    ) -> None:
        self._load = load
        self._clock = clock
        self._seconds = seconds
        self._known: dict[str, tuple[float, ScopeRules]] = {}

    async def rules(self, scope: str) -> ScopeRules:
        known = self._known.get(scope)
        if known is not None and self._clock() - known[0] < self._seconds:
            return known[1]
        rules = await self._load(scope)
        if len(self._known) > 1000:
            self._known.clear()  # scopes are few; this only bounds what a flood of names could hold
        self._known[scope] = (self._clock(), rules)
        return rules


class Purse:
    """Money promised to calls that are still running, on top of what the ledger has counted."""

    def __init__(self) -> None:
        self._reserved: dict[str, Decimal] = {}
        self._lock = threading.Lock()  # the web's and the jobs' event loops share it

    def reserve(self, scope: str, amount: Decimal, rules: ScopeRules) -> None:
        """Raises BudgetSpent where the budget does not hold this call as well."""
        if rules.budget is None:
            return
        with self._lock:
            promised = self._reserved.get(scope, Decimal(0))
            if rules.spent + promised + amount > rules.budget:
                spent, budget = f"{rules.spent:.2f}", f"{rules.budget:.2f}"
                raise BudgetSpent(scope=scope, spent=spent, budget=budget)
            self._reserved[scope] = promised + amount

    def settle(self, scope: str, amount: Decimal, rules: ScopeRules) -> None:
        if rules.budget is None:
            return
        with self._lock:
            self._reserved[scope] = self._reserved.get(scope, Decimal(0)) - amount
