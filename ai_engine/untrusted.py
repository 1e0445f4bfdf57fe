"""What people said or sent is data. This is the only way it enters a prompt.

It is freed from invisible characters, cut to a length, put into JSON between two lines that carry a
random boundary nobody can guess, and what in it speaks to the machine is left out of the model's copy.
The transcript itself is never changed.
"""

import base64
import binascii
import codecs
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ai_engine.inputs import Excerpt, JsonValue

LEFT_OUT = "[left out: words addressed to the machine]"
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
Spans = tuple[tuple[int, int], ...]
_PIECE, _PIECES = (
    60,
    6,
)  # an order split over turns: how long a piece may be, and how many there are
_MARKUP = re.compile(
    r"(?:https?:|javascript:|data:\S*;|www\.)\S+|</?[a-z!][^>]{0,300}>?|!?\[[^\]]{0,300}\]\([^)]{0,300}\)?"
    r"|^\s*=\w+\(|<<<|>>>",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？]+[\"'”’)\]]*|\n|$)")


def clean(text: str, *, most: int = 8000) -> str:
    """The model's copy of a text: nothing invisible in it, and no longer than `most` characters."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n"))[:most]


def new_canary() -> str:
    """A word that only our prompt holds: an answer that repeats it has given the prompt away."""
    return f"mm-{secrets.token_hex(6)}"


def fence(label: str, content: JsonValue) -> str:
    """Data for a prompt, between lines whose boundary is drawn anew for every call."""
    boundary = secrets.token_hex(8)
    body = json.dumps(content, ensure_ascii=False, indent=0)
    return f"<<<DATA {boundary} {label}\n{body}\nDATA {boundary}>>>"


def transcript_fence(excerpts: Iterable[Excerpt]) -> str:
    """A transcript: who speaks is what the room knows, never what the words claim."""
    said = tuple(excerpts)
    split = split_orders(said)
    lines: list[JsonValue] = [
        {
            "ref": excerpt.ref,
            "speaker": excerpt.speaker,
            "text": model_copy(excerpt, split.get(excerpt.ref, ())),
        }
        for excerpt in said
    ]
    return fence("transcript", lines)


def model_copy(excerpt: Excerpt, split: Spans = ()) -> str:
    """What a model may read of an excerpt. A member's own words are not searched for orders."""
    if excerpt.speaker == "ai":
        return clean(excerpt.text)
    return mask(excerpt.text, split)


def mask(text: str, split: Spans = (), *, most: int = 8000) -> str:
    """A text without the sentences that speak to the machine, alone or together with others."""
    kept: list[str] = []
    at = 0
    for start, end in sorted({*orders_in(text), *split}):
        kept += [text[at:start], f" {LEFT_OUT} "]
        at = max(at, end)
    return clean("".join([*kept, text[at:]]), most=most)


def plain_name(name: str) -> str:
    """A name as it may be spoken; one that is an order, or no name, becomes "the candidate"."""
    short = re.sub(r"[^\w .'’-]", "", clean(name, most=60)).strip()
    return short if short and not orders_in(name) else "the candidate"


def split_orders(excerpts: Sequence[Excerpt]) -> Mapping[str, Spans]:
    """Where, by ref, short sentences of several answers give an order only together.

    Long sentences are left alone: what stands on the border of two of them is part of a tale.
    """
    short = [
        (excerpt, span)
        for excerpt in excerpts
        if excerpt.speaker == "candidate"
        for span in _edges(excerpt.text)
    ]
    found: dict[str, Spans] = {}
    for first in range(len(short)):
        window = short[first : first + _PIECES]
        said = [excerpt.text[slice(*span)].strip() for excerpt, span in window]
        if orders_in(" ".join(said)):
            for excerpt, span in window[: _pieces_of_order(said)]:
                found[excerpt.ref] = (*found.get(excerpt.ref, ()), span)
    return {ref: tuple(sorted(set(spans))) for ref, spans in found.items()}


def _edges(text: str) -> Spans:
    """The short sentences at either end: those in between are seen with the text itself."""
    short = [
        (start, end) for start, end in _sentences(text) if len(text[start:end].strip()) <= _PIECE
    ]
    return tuple(short) if len(short) <= 4 else (*short[:2], *short[-2:])


def _pieces_of_order(said: Sequence[str]) -> int:
    """How many of these, from the first on, it takes to give an order; 0 if it begins later or is whole."""
    for count in range(2, len(said) + 1):
        if orders_in(" ".join(said[1:count])) or any(map(orders_in, said[:count])):
            return 0
        if orders_in(" ".join(said[:count])):
            return count
    return 0


def has_markup(text: str, *, given: str = "") -> bool:
    """Whether words meant to be spoken hold a link or markup that was not in what we gave the model."""
    return any(match.group() not in given for match in _MARKUP.finditer(text))


def is_order(text: str) -> bool:
    """Whether a text as a whole is addressed to the machine rather than to the person."""
    said = sum(end - start for start, end in orders_in(text))
    return said * 2 > len(text.strip())


@lru_cache(maxsize=4096)
def orders_in(text: str) -> tuple[tuple[int, int], ...]:
    """Where in the text sentences speak to the machine: give orders, claim a role, close our fence.

    It sees known forms only; nothing relies on it alone (quotes are checked in any case). A false
    alarm costs a sentence of evidence, and a person still reads it.
    """
    text = text[:50_000]
    if not _speaks_to_machine(text):
        return ()
    found = [(start, end) for start, end in _sentences(text) if _speaks_to_machine(text[start:end])]
    return tuple(found) or ((0, len(text)),)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE.finditer(text):
        if match.group().strip():
            yield match.span()


def _speaks_to_machine(text: str) -> bool:
    return any(_ORDER.search(reading) for reading in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """The text as it may be meant: with look-alike letters made plain, and the usual disguises undone."""
    hidden = "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)
    if hidden:
        yield _plain(hidden)
    plain = _plain(clean(text, most=50_000))
    yield plain
    yield plain.translate(_LEET)
    yield codecs.decode(plain, "rot13")
    spaced = re.findall(r"(?:\b\w[ .\-_*]){6,}\w\b", plain)
    for run in spaced:
        yield re.sub(r"[ .\-_*]", "", run)
    for chunk in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            decoded = base64.b64decode(chunk + "=" * (-len(chunk) % 4), validate=True)
            yield _plain(decoded.decode("utf-8"))
        except (binascii.Error, UnicodeDecodeError):
            continue


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).translate(_LOOK_ALIKE).casefold()
    without_marks = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"[^\S\n]+", " ", without_marks)


_LOOK_ALIKE = str.maketrans(
    "асеіјорѕухАВЕКМНОРСТХІԁɡΑΒΕΖΗΙΚΜΝΟΡΤΥΧο’‘“”",
    "aceijopsyxABEKMHOPCTXIdgABEZHIKMNOPTYXo''\"\"",
)
_LEET = str.maketrans("013457@$", "oieastas")
_HIGH = (
    r"(?:4|four|5|five|10|ten|100|highest|top|max(?:imum)?|full|perfect|best|excellent|strong yes)"
)
_LOW = r"(?:1|one|zero|0|lowest|minimum|worst|fail)"
_RATED = (
    r"(?:me|this candidate|the candidate|him|her|them|my answers?|it|everything|all|each|every)"
)
_ORDER = re.compile(
    "|".join(
        (
            # put aside what the machine was told
            (
                r"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instruct\w*|prompts?|"
                r"rules?|rubrics?|guidelines?|directions?|criteria|everything above|all of the above|"
                r"previous (?:text|messages?))"
            ),
            r"ignorer?e?z?\b.{0,30}\b(?:instructions?|consignes)",
            r"\b(?:ignorier\w*|vergiss|missachte)\b.{0,40}\b(?:anweisung\w*|regeln|vorgaben)",
            r"\b(?:ignora\w*|olvida\w*|dimentica\w*)\b.{0,40}\b(?:instrucc\w*|istruz\w*|reglas|instruc\w*)",
            r"(?:talimatlar\w*).{0,30}(?:yok say|unut|gormezden)",
            "игнориру|忽略.{0,10}(?:指令|指示)|無視して",
            # give marks
            rf"\b(?:rate|score|grade|mark|rank|level|evaluate|assess)\b.{{0,12}}\b{_RATED}\b.{{0,40}}\b(?:{_HIGH}|{_LOW})\b",
            (
                rf"\b(?:give|award|assign|set|put|grant)\b.{{0,25}}\b(?:{_HIGH}|{_LOW})\b.{{0,40}}\b(?:everything|"
                r"all (?:of|the|comp|cri)|comp[e]tenc\w*|criteri\w*|marks?|scores?|ratings?|levels?|candidates?)\b"
            ),
            rf"\b(?:give|award|assign)\b.{{0,6}}\b(?:me|this candidate|the candidate)\b.{{0,25}}\b(?:{_HIGH}|{_LOW})\b",
            rf"\bi(?: would|'d)? (?:give|rate|score)\b.{{0,25}}\b{_HIGH}\b",
            r"\b([1-9]|10) ?(?:/|out of) ?\1\b",
            r"\b(?:score|rating|level|grade|mark|punt\w+|note|bewertung)s? ?[:=] ?[\"']?\d",
            r"\bbewerte?\b.{0,30}\b(?:mich|mit|hoch)|\b(?:hochste|beste) (?:note|bewertung|stufe)",
            r"\b(?:dame|donne[zr]?[- ]moi|dammi)\b.{0,30}\b(?:nota|note|punt\w+|puntu\w+|voto)",
            # claim a role, or authority
            (
                r"(?:^|\n|[.!?\"'] )\s{0,4}(?:system|assistant|developer|interviewer|recruiter|evaluator|ai|"
                r"user|human|hr)(?: message| note)? ?:"
            ),
            r"\b(?:interviewer|system|assistant) colon\b",
            (
                r"\bpre-?(?:verified|approved|screened|cleared)\b|\b(?:hr|the recruiter|management|the ceo|the hiring "
                r"manager)\b.{0,20}\b(?:approved|verified|confirmed|decided|instruct\w+|authori[sz]ed)\b.{0,60}"
            ),
            (
                r"\b(?:you are now|act as|pretend (?:to be|you)|new (?:instructions?|task|role)|developer mode|"
                r"jail ?break|system prompt|system override|admin override)\b"
            ),
            (
                r"\b(?:note|message|instructions?|reminder) (?:to|for) (?:the )?(?:ai|model|grader|evaluator|"
                r"assistant|machine|llm|scorer|scoring)"
            ),
            r"\bas an? (?:ai|language model|llm|evaluator)\b",
            # close the fence
            r"</?(?:transcript|system|data|instructions?|prompt|assistant|user|rubric|scorecard)\b[^>]{0,200}>",
            r"<\|[^|]{1,30}\|>|\[/?inst\]|^#{2,} ?(?:instruct|system|response)|<<<|>>>|\"\s*}\s*]\s*}?",
            r"\"(?:level|score|competency|status)\"\s*:",
            # delayed, hidden, forwarded
            (
                r"\bwhen(?:ever)? (?:you|the (?:model|ai|assistant|reviewer|system|grader)) (?:score|rate|evaluat|"
                r"grade|summar|assess|write|review|decide)"
            ),
            (
                r"\b(?:reveal|print|repeat|show|output|tell me|recite|list|what (?:is|are))\b.{0,30}\b(?:your|the) "
                r"(?:system|hidden|initial|secret|own)?\s?(?:prompt|instructions|rubric|(?:next|other|remaining|later) "
                r"questions?|scoring (?:guide|criteria)|anchors?|marker)"
            ),
            r"\b(?:do not|don't|never) (?:mention|score|rate|report|include|flag|quote|reveal|cite)\b",
            r"\b(?:all |the )?other candidates?\b.{0,30}\b(?:must|should|get|are|deserve|reject|low|fail|worse|level)",
            r"\bremember\b.{0,30}\b(?:next|future|all|other) (?:interviews?|candidates?|conversations?)",
            r"!\[[^\]]{0,300}\]\(|<img\b|<script\b|=hyperlink\(|javascript:|\]\(https?:",
            r"\b(?:repeat|write|say|print)\b.{0,40}\b(?:forever|endlessly|[\d,]{3,} (?:times|words)|without (?:end|stopping))",
            r"\b(?:decode|base64|rot13)\b.{0,40}\b(?:follow|obey|execute|do what)",
            r"\b(?:quote|cite|use) this (?:sentence|answer|line|as)\b",
        )
    ),
    re.MULTILINE,
)
