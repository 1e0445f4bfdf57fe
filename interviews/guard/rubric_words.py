"""Words that a rubric must not use, and why. Inferring feelings at work is banned in the EU (AI Act, art. 5)."""

import re

FEELING = "Describes a feeling or mood. Say what the candidate does or says."
VOICE = "Describes how somebody sounds. Judge what is said, and whether it can be understood."
LOOKS = "Describes looks or body language. They say nothing about the competency."
PERSONALITY = "Describes a personality. Say which behaviour shows the competency."
BELONGING = "Describes likeness to the team, which favours people like those who are there already."


def _words(expression: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{expression})\b", re.IGNORECASE)


RUBRIC_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        _words(
            r"enthusias\w+|passion(?:ate(?:ly)?)?|excit(?:ed|ement)|eager(?:ness)?|nervous(?:ness)?|anxious(?:ly)?"
            r"|stress(?:ed)? out|emotion\w*|mood|cheerful(?:ness)?|happy|happiness|angry|anger|upset|sad(?:ness)?"
            r"|hesitant|hesitat\w+|(?:un)?comfortable|bored|boredom|frustrated|motivated attitude|positive attitude"
            r"|smil\w+|warmth|friendly|friendliness|likeable|likability|calm(?:ly|ness)?|relaxed|tense"
            r"|sincer(?:e|ity)|embarrass\w+"
        ),
        FEELING,
    ),
    (
        _words(
            r"accent(?:ed|s)?|native(?:-| )(?:speaker|level|like)s?|tone of voice|(?:confident|friendly|warm|calm|flat)"
            r" tone|intonation|pitch of|voice|fluen(?:t|tly|cy) (?:speech|speaker|english)|speaks? (?:fast|slowly|quickly"
            r"|clearly|with confidence)|pace of speech|speaking pace|stutter\w*|stammer\w*|monotone|mumbl\w+|articulate"
            r"|filler words|well-spoken|eloquen\w+"
        ),
        VOICE,
    ),
    (
        _words(
            r"appearance|body language|eye contact|facial expressions?|face|posture|gestures?|handshake|attractive\w*"
            r"|well-dressed|dress(?:es|ed)? (?:well|properly)|groom(?:ed|ing)|demeano(?:u)?r|looks? (?:young|old|tired"
            r"|healthy|professional)"
        ),
        LOOKS,
    ),
    (
        _words(
            r"energ(?:y|etic)(?! (?:use|consumption|sector|market|industr\w+|compan\w+|efficien\w+|costs?))"
            r"|confiden(?:ce|t|tly)(?! (?:interval|level|in (?:the|a) (?:result|data|figure)))|charisma\w*|personality"
            r"|character|charm(?:ing)?|extro?vert\w*|introvert\w*|outgoing|shy(?:ness)?|dynamic (?:person|individual"
            r"|personality)|youthful|young|mature|maturity (?:of|as a) person|rockstar|rock star|ninja|guru"
            r"|aggressive(?:ly)?|assertive(?:ness)?|dominan(?:t|ce)|likes? to have fun|gut feeling|presence"
        ),
        PERSONALITY,
    ),
    (
        _words(
            r"cultur(?:e|al)(?:-| )fit|fits? (?:in|into|with) (?:the|our) (?:team|culture|company)|one of us"
            r"|good chemistry|someone (?:we|you) would have a beer with|digital native"
        ),
        BELONGING,
    ),
)
