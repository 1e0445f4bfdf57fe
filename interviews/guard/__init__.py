"""Keeps questions lawful and rubrics about behaviour: prohibited topics, protected facts, words about feelings.

Patterns, not a model: the same words are always judged the same, nothing leaves the machine, and it works
while somebody types. It warns people; it is no legal advice. The patterns are English.
"""

from interviews.guard.findings import (
    Finding,
    RubricFinding,
    find_prohibited,
    find_protected_facts,
    rubric_findings,
)
from interviews.guard.topics import Topic

__all__ = [
    "Finding",
    "RubricFinding",
    "Topic",
    "find_prohibited",
    "find_protected_facts",
    "rubric_findings",
]
