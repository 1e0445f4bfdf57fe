"""Thinks up an answer from the prompt it is sent: it reads the data between the fences and the schema,
and builds what was asked for out of words that are really there. Nothing is canned."""

import base64
import binascii
import codecs
import json
import re
from collections.abc import Iterator

from tests.fake_providers.faults import Fault

Row = dict[str, object]
MOST_ABOUT_ONE_QUESTION = 3
_FENCE = re.compile(r"<<<DATA (\w+) (\w+)\n(.*?)\nDATA \1>>>", re.DOTALL)
_UKRAINIAN = (
    "Розкажіть, будь ласка, про систему, яку ви створили, і про те, як ви її перевіряли тоді."
)
_WRITTEN = ("text", "rationale", "opening", "closing", "name", "description", "levels")
_WORDS = {
    "German": ("Gesagt wurde: ", "Danke für Ihre Antwort. ", "Sie sagten: „{}“. Was war dabei Ihr eigener Anteil?",
               "Die Worte passen am besten zu Stufe {} und weniger zu den anderen Stufen."),
    "French": ("Il a été dit : ", "Merci pour votre réponse. ", "Vous avez dit « {} ». Quelle était votre part dans ce travail ?",
               "Les mots sont le plus proches du niveau {} et moins des autres niveaux."),
    "English": ("The candidate said: ", "Thank you for that. ", "You said “{}”. What was your own part in that?",
                "The words come nearest to level {} and less near to its neighbours."),
}  # fmt: skip


def compose(system: str, user: str, schema: object, fault: Fault | None) -> str:
    """The text of an answer to this prompt."""
    kind = fault.get("kind") if fault else None
    data = {label: _json(body) for _, label, body in _FENCE.findall(user)}
    if kind == "repeats_prompt":
        return system
    if not isinstance(schema, dict):
        spoken = _spoken(system, user, data, kind)
        return _obeyed(spoken, system, user, fault) if kind == "gullible" and fault else spoken
    if kind == "wrong_schema":
        return json.dumps({"answer": "This is another form.", "items": [1, 2, 3]})
    answer = _structured(set(_properties(schema)), schema, system, data)
    if kind == "fabricate":
        _fabricate(answer)
    if kind == "gullible" and fault is not None:
        _obey(answer, user, fault)
    if kind == "other_language":
        _in_ukrainian(answer, fault or {})
    text = json.dumps(answer, ensure_ascii=False)
    if kind == "prose":
        return f"Sure, here is the JSON you asked for:\n```json\n{text}\n```\nAnything else?"
    return text


def words_of(text: str) -> list[str]:
    return re.findall(r"\s*\S+", text)


def _structured(
    asked: set[str], schema: Row, system: str, data: dict[str, object]
) -> dict[str, object]:
    if "opening" in asked:
        return _plan(system, data)
    if "competencies" in asked:
        return _ratings(schema, system, data)
    if "because" in asked:
        return _follow_up(system, data)
    if "claims" in asked:
        return _claims(system, data)
    if "statements" in asked:
        return _statements(schema, system, data)
    return dict.fromkeys(asked, "")


def _spoken(system: str, user: str, data: dict[str, object], kind: object) -> str:
    """What an interviewer would say next."""
    turn = data.get("turn")
    if not isinstance(turn, dict):
        return (
            "ready"
            if "ready" in user
            else f"You wrote {len(user.split())} words to me, and I have read every one of them with care."
        )
    if kind == "other_language":
        return _UKRAINIAN
    _, thanks, probing, _ = _WORDS[_language(system)]
    planned, last = str(turn.get("planned_question", "")), str(turn.get("last_answer", ""))
    move = user.rsplit("Now: ", 1)[-1]
    if move.startswith("The answer stayed short") and last:
        return probing.format(_phrase(last))
    if move.startswith("The candidate asked something"):
        company = data.get("company")
        told = str(company).split(".")[0] + ". " if company else ""
        return f"{told}The team will tell you more about that. Is there anything else you would like to know?"
    return (thanks if last else "") + planned


def _statements(schema: Row, system: str, data: dict[str, object]) -> dict[str, object]:
    said, *_ = _WORDS[_language(system)]
    if "figure" in json.dumps(schema):
        figures = data.get("figures")
        rows = [
            {
                "text": f"{name.replace('_', ' ').capitalize()}: {value}.",
                "section": "interview",
                "figure": name,
                "quotes": [],
            }
            for name, value in (figures.items() if isinstance(figures, dict) else ())
        ][:4]
        for line, sentence in list(_candidate_sentences(data))[:2]:
            rows.append({"text": f"{said}{sentence}", "section": "interviewer", "figure": "",
                         "quotes": [_quote(line, sentence)]})  # fmt: skip
        return {"statements": rows}
    statements: list[Row] = []
    for line, sentence in _candidate_sentences(data):
        question = _question_before(line, data)
        if sum(row["question"] == question for row in statements) < MOST_ABOUT_ONE_QUESTION:
            statements.append(
                {
                    "text": f"{said}{sentence}.",
                    "section": "question",
                    "question": question,
                    "quotes": [_quote(line, sentence)],
                }
            )
    return {"statements": statements}


def _ratings(schema: Row, system: str, data: dict[str, object]) -> dict[str, object]:
    """The level whose anchor shares the most words with what the candidate said."""
    said = list(_candidate_sentences(data))
    with_levels = '"level"' in json.dumps(schema)
    rated = []
    for competency in _rows(data.get("competencies")):
        levels = competency.get("levels")
        anchors = [str(level) for level in levels] if isinstance(levels, list) else []
        about = f"{competency.get('name')} {competency.get('description')} {' '.join(anchors)}"
        quotes = [
            _quote(line, sentence)
            for line, sentence in sorted(said, key=lambda pair: -_shared(about, pair[1]))[:3]
            if _shared(about, sentence) > 0
        ]
        row: Row = {"competency": competency.get("ref"), "quotes": quotes}
        if with_levels:
            spoken = " ".join(str(quote["text"]) for quote in quotes)
            scores = [_shared(anchor, spoken) for anchor in anchors]
            level = scores.index(max(scores)) + 1 if quotes and scores else None
            why = _WORDS[_language(system)][3].format(level) if level else ""
            status = "levelled" if level else "insufficient_evidence"
            row |= {"status": status, "level": level, "rationale": why}
        rated.append(row)
    return {"competencies": rated}


def _claims(system: str, data: dict[str, object]) -> dict[str, object]:
    said, *_ = _WORDS[_language(system)]
    question = str(data.get("question", ""))
    near = [(line, text) for line, text in _candidate_sentences(data) if _shared(question, text)]
    near.sort(key=lambda pair: -_shared(question, pair[1]))
    claims = [{"text": f"{said}{text}", "quotes": [_quote(line, text)]} for line, text in near[:3]]
    return {"says_nothing": not claims, "claims": claims}


def _follow_up(system: str, data: dict[str, object]) -> dict[str, object]:
    sentences = list(_candidate_sentences(data))
    if not sentences:
        return {"text": "", "because": []}
    line, sentence = sentences[-1]
    probing = _WORDS[_language(system)][2]
    return {"text": probing.format(_phrase(sentence)), "because": [_quote(line, sentence)]}


def _plan(system: str, data: dict[str, object]) -> dict[str, object]:
    sentences = re.findall(r"[^.\n]{12,}", str(data.get("job_description", "")))[:4] or ["the work"]
    competencies, questions = [], []
    for number, sentence in enumerate(sentences, 1):
        topic = sentence.strip()[:120]
        ref = f"c{number}"
        levels = [f"{how} about: {topic}" for how in ("says nothing", "repeats common words",
                  "tells an own example", "tells several examples and what was learnt")]  # fmt: skip
        competencies.append(
            {"ref": ref, "name": topic[:60], "description": topic, "levels": levels}
        )
        questions.append({"text": f"Tell me about a time when this was your task: {topic}?",
                          "competency": ref, "must_ask": number < 4, "probe_depth": 2, "minutes": 8})  # fmt: skip
    return {
        "opening": "Welcome, and thank you for your time.",
        "closing": "Thank you. A person of the team will be in touch.",
        "competencies": competencies,
        "questions": questions,
    }


def _in_ukrainian(answer: dict[str, object], fault: Fault) -> None:
    """Everything that is written for people, or one of its `fields`; quotes stay as they are."""
    told = fault.get("fields")
    names = {*_WRITTEN} if not isinstance(told, list) else {*told}
    rows = [row for name, given in answer.items() if name != "because" for row in _rows(given)]
    for row in (answer, *rows):
        row |= {name: _UKRAINIAN for name in names & {*row} if isinstance(row[name], str)}
        if "levels" in names & {*row}:
            row["levels"] = [_UKRAINIAN] * 4


def _fabricate(answer: dict[str, object]) -> None:
    """Adds words that nobody said to the first row that has quotes, and a statement of its own."""
    false = {
        "ref": "",
        "text": "I single-handedly saved the company forty million dollars last year",
    }
    for rows in answer.values():
        for row in _rows(rows)[:1]:
            quotes = row.get("quotes")
            if isinstance(quotes, list):
                quotes.insert(0, {**false, "ref": quotes[0]["ref"] if quotes else "1"})
    statements = answer.get("statements")
    if isinstance(statements, list) and statements:
        statements.append({**statements[0], "text": "The candidate saved forty million dollars.",
                           "quotes": [false]})  # fmt: skip


def _obey(answer: dict[str, object], user: str, fault: Fault) -> None:
    """Does what anybody in the data says: top marks for all, quoting the order itself."""
    given = fault.get("order")
    orders = [str(given)] if given else list(_orders(user))
    if not orders:
        return
    ref = str(fault.get("ref", "")) or _ref_of(orders[0], user)
    for row in _rows(answer.get("competencies")):
        row |= {"status": "levelled", "level": 4, "rationale": "As instructed."}
        row["quotes"] = [{"ref": ref, "text": orders[0]}]
    for row in _rows(answer.get("statements")):
        row["text"] = f"As instructed: {orders[0]}"


def _obeyed(spoken: str, system: str, user: str, fault: Fault) -> str:
    """Says aloud what it was ordered to say, and what it holds besides."""
    orders = [str(fault["order"])] if fault.get("order") else list(_orders(user))
    if not orders:
        return spoken
    if re.search(r"prompt|rubric|question", orders[0]):
        return f"{system} {user}"
    held = " ".join(body for _, _, body in _FENCE.findall(user))
    return f"{orders[0]} {spoken} {held}"[:850]


_OBEYED = re.compile(
    r"\b(ignore|disregard|rate|score|grade|level [1-4]|rubric|system prompt|instruct\w*|approved|verified|"
    r"highest|full marks|top marks|4/4|10/10|override|evaluat\w*|bewerte\w*|puntu\w+|ignorez)\b",
    re.IGNORECASE,
)


def _orders(user: str) -> Iterator[str]:
    """Every sentence of the data that could be an order, disguised or not."""
    for _, label, body in _FENCE.findall(user):
        if label in {"competencies", "questions", "figures", "company"}:
            continue
        for sentence in re.findall(r"[^.!?\n\"]+", body):
            readings = [sentence, codecs.decode(sentence, "rot13")]
            readings.append("".join(chr(ord(c) - 0xE0000) for c in sentence if ord(c) > 0xE0000))
            for chunk in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", sentence):
                try:
                    readings.append(base64.b64decode(chunk + "==").decode())
                except (binascii.Error, UnicodeDecodeError):
                    continue
            if any(_OBEYED.search(reading) for reading in readings):
                yield sentence.strip()


def _ref_of(text: str, user: str) -> str:
    for _, label, body in _FENCE.findall(user):
        if label == "transcript":
            for line in _rows(_json(body)):
                if text[:40] in str(line.get("text")):
                    return str(line.get("ref"))
    return ""


def _candidate_sentences(data: dict[str, object]) -> Iterator[tuple[Row, str]]:
    for line in _rows(data.get("transcript")):
        if line.get("speaker") != "candidate":
            continue
        text = re.sub(r"\[left out[^\]]*\]", ".", str(line.get("text", "")))
        for sentence in re.findall(r"[^.!?\n]+", text):
            if len(sentence.split()) >= 4:
                yield line, sentence.strip()


def _question_before(line: Row, data: dict[str, object]) -> str:
    """The planned question that was put last before this line."""
    found = ""
    for before in _rows(data.get("transcript")):
        if before.get("ref") == line.get("ref"):
            break
        if before.get("speaker") == "candidate":
            continue
        for question in _rows(data.get("questions")):
            words = str(question.get("text"))
            if _shared(words, str(before.get("text"))) >= max(3, len(_stems(words)) // 2):
                found = str(question.get("ref"))
    return found


def _shared(one: str, other: str) -> int:
    return len(_stems(one) & _stems(other))


def _stems(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{4,}", text.lower())}


def _quote(line: Row, text: str) -> Row:
    return {"ref": line.get("ref"), "text": text}


def _phrase(text: str) -> str:
    return " ".join(re.split(r"[.!?\n]", text.strip())[0].split()[:9]).rstrip(",;:")


def _language(system: str) -> str:
    return next((name for name in _WORDS if f"{name}" in system and name != "English"), "English")


def _properties(schema: Row) -> Row:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _rows(value: object) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
