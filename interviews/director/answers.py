"""What an answer still lacks, so that a probe can ask for exactly that.

This looks at the content only (an example, an own part, a result), never at how somebody speaks.
The marks are English; in other languages only the length and figures are looked at.
"""

import re
from enum import StrEnum


class Weakness(StrEnum):
    SHORT = "short"
    VAGUE = "vague"
    NO_EXAMPLE = "no_example"
    NO_OWN_PART = "no_own_part"
    NO_RESULT = "no_result"


FEWEST_WORDS = 25
WORDS_THAT_SHOW_ENOUGH = 220  # whoever talked this long about it is not asked for more of the same

DECLINED = re.compile(
    r"\b(i (?:really )?(?:don't|do not|dont) (?:know|remember|have (?:an?|any) (?:example|experience|answer))"
    r"|no idea|not sure what to say|i(?:'d| would) rather not|i can(?:'t|not) (?:answer|think of|recall)"
    r"|nothing (?:comes|to add)|(?:let's |can we |please )?(?:skip|pass|move on|next question))\b",
    re.IGNORECASE,
)
VAGUE_WORDS = re.compile(
    r"\b(usually|generally|normally|typically|it depends|things|stuff|somehow|kind of|sort of"
    r"|and so on|etc|various|a lot of|always try|best practices?|as needed|whatever)\b",
    re.IGNORECASE,
)
EXAMPLE = re.compile(
    r"\b(for example|for instance|such as|e\.g|one time|once|there was|back (?:then|in)|last (?:year|month|week|quarter"
    r"|spring|summer|autumn|winter)|(?:a|two|three|few|couple of) (?:years?|months?|weeks?) ago|at my|in my (?:last|previous"
    r"|current)|on (?:a|the|that|this|one) project|i remember|when (?:i|we|our|the|a)|my first|19\d\d|20\d\d)\b",
    re.IGNORECASE,
)
OWN_PART = re.compile(r"\b(i|i'd|i've|i'm|my|myself|me)\b", re.IGNORECASE)
SHARED_PART = re.compile(r"\b(we|our|us|they|the team)\b", re.IGNORECASE)
RESULT = re.compile(
    r"\b(result(?:s|ed)?|outcome|in the end|eventually|finally|turned out|ended up|so that|led to|which meant"
    r"|after that|since then|reduced|increased|improved|saved|grew|dropped|fell|rose|went (?:from|down|up)|cut|doubled"
    r"|halved|launched|shipped|delivered|fixed|solved|closed|won|lost|learned|learnt|percent)\b",
    re.IGNORECASE,
)
FIGURE = re.compile(r"\d")
NO_QUESTIONS = re.compile(
    r"\W*(no|nope|nah|none|nothing|not (?:really|now|at the moment|from my side)|i(?:'m| am) (?:good|fine|all set)"
    r"|(?:i think )?(?:that's|that is|that was|you(?:'ve| have)) (?:all|it|everything|answered)|all (?:good|clear)"
    r"|i (?:don't|do not) (?:think so|have any)|thanks?|thank you|nein|non|nee|nej|nie|hay\u0131r|\u043d\u0435\u0442)\b",
    re.IGNORECASE,
)
FEWEST_WORDS_OF_A_QUESTION = 3


def word_count(text: str) -> int:
    return len(text.split())


def declines(text: str) -> bool:
    """The candidate says that there is no answer, or that they do not want to give one."""
    return word_count(text) < FEWEST_WORDS and DECLINED.search(text) is not None


def asks_something(text: str) -> bool:
    """Whether the candidate, invited to ask, did ask."""
    if "?" in text:
        return True
    if NO_QUESTIONS.match(text) and word_count(text) < FEWEST_WORDS:
        return False
    return word_count(text) >= FEWEST_WORDS_OF_A_QUESTION


def weaknesses_of(answer: str, language: str = "en") -> tuple[Weakness, ...]:
    """What the answer lacks, the most telling first; empty if it deserves no probe."""
    words = word_count(answer)
    if declines(answer) or words >= WORDS_THAT_SHOW_ENOUGH:
        return ()
    if words < FEWEST_WORDS:
        return (Weakness.SHORT, *_missing_content(answer, language))
    return _missing_content(answer, language)


def _missing_content(answer: str, language: str) -> tuple[Weakness, ...]:
    if language.split("-")[0].casefold() != "en":
        return () if FIGURE.search(answer) else (Weakness.NO_EXAMPLE,)
    has_example = EXAMPLE.search(answer) is not None
    lacks = {
        Weakness.VAGUE: not has_example and VAGUE_WORDS.search(answer) is not None,
        Weakness.NO_EXAMPLE: not has_example and not FIGURE.search(answer),
        Weakness.NO_OWN_PART: not OWN_PART.search(answer)
        and SHARED_PART.search(answer) is not None,
        Weakness.NO_RESULT: not RESULT.search(answer) and not FIGURE.search(answer),
    }
    return tuple(weakness for weakness, missing in lacks.items() if missing)
