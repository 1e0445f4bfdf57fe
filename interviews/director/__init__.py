"""Leads an AI-led interview: (plan, what was said so far, clock) -> the next move. Pure.

The caller keeps a log of what happened and asks `next_move` again after every entry, until it answers
None (it is the candidate's turn, or all is over). Nothing else is remembered anywhere, so a refresh,
a restart or another server goes on at exactly the same place.
"""

from interviews.director.answers import Weakness, weaknesses_of
from interviews.director.clock import Clock
from interviews.director.log import (
    SILENCE,
    WHISPERED,
    Answered,
    DirectorState,
    LogEntry,
    MoveKind,
    Phase,
    QuestionProgress,
    Requested,
    Said,
    Whispered,
    read_log,
)
from interviews.director.moves import Move, next_move
from interviews.director.plan import PlanInUse, PlannedQuestion
from interviews.director.sameness import says_the_same
from interviews.director.unasked import Unasked, unasked

__all__ = [
    "SILENCE",
    "WHISPERED",
    "Answered",
    "Clock",
    "DirectorState",
    "LogEntry",
    "Move",
    "MoveKind",
    "Phase",
    "PlanInUse",
    "PlannedQuestion",
    "QuestionProgress",
    "Requested",
    "Said",
    "Unasked",
    "Weakness",
    "Whispered",
    "next_move",
    "read_log",
    "says_the_same",
    "unasked",
    "weaknesses_of",
]
