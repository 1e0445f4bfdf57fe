"""Composes an interview of an hour as people speak: fillers, false starts, overlaps, short signs of listening.

Seeded, so that every run sees the same hour. The exporters of exporters.py write it as each tool does.
"""

import random
from dataclasses import dataclass

CUES = 640
FILLERS = ("um,", "uh,", "you know,", "I mean,", "like,", "so,", "well,", "right,", "kind of")
SUBJECTS = ("we", "I", "the team", "my colleague", "our customers", "the support people", "they")
VERBS = (
    "moved",
    "measured",
    "rewrote",
    "tried",
    "dropped",
    "discussed",
    "delayed",
    "shipped",
    "broke",
)
OBJECTS = (
    "the billing service", "a queue in front of it", "the old report", "three or four prototypes",
    "the release of version 2.5", "the on-call rota", "an index on the table", "what we'd promised",
    "the page that everyone used at 10:30 each morning", "the A/B test",
)  # fmt: skip
ENDINGS = (
    "because it was just too slow.", "and, well, that took 6 weeks.", "so the errors went from 4 % to 1.",
    "which, honestly, nobody had asked for.", "and I said: let's stop here.", "if that makes sense?",
    "but then the budget was cut & we had to wait.", "and it's <still> running today.",
)  # fmt: skip
LISTENING = ("Mm-hm.", "Right.", "Okay.", "Yeah.", "I see.")
QUESTIONS = (
    "And what did you, um, what did you do first?", "How did you find out?", "What was your own part in that?",
    "Could you give me an example?", "And, uh, how did it turn out in the end?", "Why not the other way round?",
)  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    speaker: str
    text: str
    started_ms: int
    ended_ms: int


def compose_hour(
    interviewer: str = "Priya Raman", candidate: str = "Tom van der Berg", seed: int = 7
) -> list[Spoken]:
    """At least CUES cues over about an hour, by two people who sometimes talk at once."""
    dice = random.Random(seed)
    cues: list[Spoken] = []
    now = 1_200
    while len(cues) < CUES:
        now = _say(cues, interviewer, dice.choice(QUESTIONS), now, dice)
        for _ in range(dice.randint(4, 11)):
            started = now
            now = _say(cues, candidate, _sentence(dice), now, dice)
            if dice.random() < 0.2:  # a sign of listening, while the other goes on
                begin = dice.randint(started + 300, now - 300)
                cues.append(Spoken(interviewer, dice.choice(LISTENING), begin, begin + 450))
    return sorted(cues, key=lambda cue: cue.started_ms)


def _say(cues: list[Spoken], speaker: str, text: str, now: int, dice: random.Random) -> int:
    length = max(900, len(text.split()) * dice.randint(300, 480))
    cues.append(Spoken(speaker, text, now, now + length))
    return now + length + dice.choice((0, 0, 40, 180, 700, 2600))


def _sentence(dice: random.Random) -> str:
    subject, verb = dice.choice(SUBJECTS), dice.choice(VERBS)
    words = [subject, verb, dice.choice(OBJECTS), dice.choice(ENDINGS)]
    if dice.random() < 0.4:
        words.insert(0, f"{subject} {verb[:2]}— {subject},")  # a false start
    for _ in range(dice.randint(0, 3)):
        words.insert(dice.randint(0, len(words) - 1), dice.choice(FILLERS))
    sentence = " ".join(words)
    return sentence[0].upper() + sentence[1:]
