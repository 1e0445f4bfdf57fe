"""Plays a whole interview against the director, as the room does: log an entry, ask for the next move."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from interviews.director import (
    Answered,
    Clock,
    DirectorState,
    LogEntry,
    Move,
    PlanInUse,
    PlannedQuestion,
    Requested,
    Said,
    next_move,
    read_log,
)

THOROUGH = (
    "Last year I moved our billing service to a queue. I wrote the design, measured the old one for two"
    " weeks, and in the end failed payments fell from 3 percent to under 1 percent."
)
Reply = tuple[LogEntry, float]  # what the candidate does, and the seconds it takes


def question(
    ref: str,
    text: str = "",
    *,
    must_ask: bool = True,
    competency_ref: str = "",
    probe_depth: int = 1,
    minutes: float = 5,
) -> PlannedQuestion:
    text = text or f"What did you learn about {ref}?"
    return PlannedQuestion(ref, text, must_ask, competency_ref, probe_depth, minutes)


@dataclass
class Rehearsal:
    plan: PlanInUse
    total_minutes: float = 60
    time_factor: float = 1.0
    elapsed: float = 0.0
    log: list[LogEntry] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def state(self) -> DirectorState:
        return read_log(self.log)

    def clock(self, silent: float = 0) -> Clock:
        return Clock(self.elapsed, self.total_minutes, self.time_factor, silent_seconds=silent)

    def move(self, silent: float = 0) -> Move | None:
        move = next_move(self.plan, self.state, self.clock(silent))
        if move is not None:
            self.moves.append(move)
            self.log.append(Said(move.kind, move.text, move.question_ref, move.reason))
        return move

    def next(self, silent: float = 0) -> Move:
        move = self.move(silent)
        assert move is not None, "the director waits"
        return move

    def speak(self) -> Move:
        """All moves until it is the candidate's turn (or the end); the last of them."""
        last = self.next()
        while not last.awaits_answer and (move := self.move()) is not None:
            last = move
        return last

    def answer(self, text: str = THOROUGH, seconds: float = 60) -> Move:
        self.elapsed += seconds
        self.log.append(Answered(text))
        return self.speak()

    def request(self, action: Literal["repeat", "clarify", "skip"]) -> Move:
        self.log.append(Requested(action))
        return self.next()

    def play(self, candidate: Callable[[Move], Reply], most_moves: int = 500) -> list[Move]:
        """To the end. Fails if the director never finishes."""
        for _ in range(most_moves):
            move = self.move()
            if move is None:
                assert self.state.phase == "closed", "waits for an answer that was already given"
                return self.moves
            if move.awaits_answer:
                entry, seconds = candidate(move)
                self.elapsed += seconds
                self.log.append(entry)
        raise AssertionError("the director does not come to an end")

    def kinds(self) -> list[str]:
        return [move.kind for move in self.moves]

    def asked(self) -> list[str]:
        return [move.question_ref for move in self.moves if move.kind == "ask"]
