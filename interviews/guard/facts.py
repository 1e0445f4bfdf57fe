"""Protected facts in a candidate's own words: “my wife”, “I am 54”, “when I was ill”."""

import re
from collections.abc import Mapping, Sequence

from interviews.guard.topics import Topic


def _any(*expressions: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression, re.IGNORECASE) for expression in expressions)


I_AM = r"\b(?:i am|i'm|i was|i've been|i have been)\b(?: \w+){0,2}?"
FACTS: Mapping[Topic, Sequence[re.Pattern[str]]] = {
    Topic.AGE: _any(
        r"\b(?:i am|i'm|i just turned|i turned|i'll be|i will be) (?:now |already |almost |nearly )?[1-9]\d\b"
        r"(?! ?(?:%|percent|minutes|hours|days|weeks|months|years (?:in|into|with|at|of)|people|miles|km|kilomet))",
        r"\bat my age\b|\bmy (?:age|birthday)\b(?! (?:field|column|picker))|\bi was born (?:in|on)\b|\bborn in 19\d\d",
        r"\bbefore i retire\b",
    ),
    Topic.FAMILY: _any(
        r"\bmy (?:ex-?)?(?:husband|wife|spouse|fianc\w+|boyfriend|girlfriend|kids?|children|son|daughter|baby|toddler"
        r"|family|mother|father|mom|mum|dad|parents|brother|sister|grand\w+)\b"
        r"(?! (?:compan\w+|process\w*|class\w*|component\w*|node\w*|elements?|of (?:products|models|fonts))\b)",
        rf"{I_AM} (?:married|divorced|single|widowed|engaged|a (?:single )?(?:mother|father|parent))\b",
    ),
    Topic.PREGNANCY: _any(
        rf"{I_AM} (?:pregnant|on maternity leave|on parental leave|expecting (?:a|our|my))\b",
        r"\bmy (?:pregnancy|(?:maternity|paternity|parental) leave)\b|\bwhen i had my (?:first|second|third)\b",
    ),
    Topic.RELIGION: _any(
        rf"{I_AM} (?:christian|catholic|protestant|muslim|jewish|hindu|buddhist|sikh|mormon|atheist|religious)\b"
        r"(?! about)",
        r"\bmy (?:religion|faith(?! in)|church|mosque|synagogue|temple|prayers?)\b",
    ),
    Topic.ORIGIN: _any(
        r"\b(?:my|our) (?:native (?:language|country)|mother tongue|nationality|citizenship|ethnicity|home country"
        r"|green card|immigration)\b",
        r"\bi (?:immigrated|emigrated|was born in|came to this country|grew up in)\b",
        rf"{I_AM} (?:an immigrant|a refugee|a (?:\w+ )?citizen)\b",
    ),
    Topic.HEALTH: _any(
        r"\bmy (?:illness|disease|depression|anxiety|burnout|cancer|diabetes|surgery|operation|medication|therap(?:y|ist)"
        r"|doctor|health(?! (?:check|endpoint|care|app|dashboard)\w*))\b",
        rf"{I_AM} (?:ill|sick|in hospital|depressed|burnt out|burned out|diagnosed|hiv)\b",
        r"\bi (?:had|have|got|suffer(?:ed)? from) (?:a |an )?(?:cancer|depression|diabetes|asthma|epilepsy|stroke|surgery"
        r"|heart attack|burnout|chronic|migraines?)\b",
    ),
    Topic.DISABILITY: _any(
        r"\bmy (?:disability|impairment|wheelchair|hearing aids?|dyslexia|autism|adhd)\b",
        rf"{I_AM} (?:disabled|deaf|blind|dyslexic|autistic|neurodivergent|colou?r-?blind)\b",
        r"\bi have (?:a disability|adhd|autism|dyslexia|a hearing)\b",
    ),
    Topic.SALARY_HISTORY: _any(
        r"\b(?:my|their) (?:current|last|previous|old|present) (?:salary|pay|compensation|wage)\b",
        r"\bi (?:currently )?(?:earn|earned|was earning|make|made|was making|was paid|get paid) (?:about |around |roughly )?"
        r"[$€£]?\d",
    ),
    Topic.ARRESTS: _any(
        rf"{I_AM} (?:arrested|convicted|in prison|in jail|on probation)\b",
        r"\bmy (?:criminal record|conviction(?! (?:is|that|about))|arrest)\b",
    ),
    Topic.GENETICS: _any(r"\bruns in (?:my|the) family\b|\bmy (?:dna test|genetic test|genes)\b"),
    Topic.SEXUALITY: _any(
        rf"{I_AM} (?:gay|lesbian|bisexual|queer|trans|transgender|non-?binary)\b",
        r"\bmy (?:sexuality|sexual orientation)\b",
    ),
    Topic.POLITICS: _any(
        r"\bi voted for\b|\bmy (?:party|union)\b|\bi(?:'m| am) (?:a (?:union member|democrat|republican))\b"
    ),
}
