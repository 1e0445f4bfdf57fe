"""Recall and false alarms on a labelled set, and the words a person reads."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.guard import Topic, find_prohibited, find_protected_facts, rubric_findings
from interviews.library import RoleTemplate, all_roles

HERE = Path(__file__).parent
FORBIDDEN = [
    line.split(": ", 1) for line in (HERE / "forbidden.txt").read_text("utf-8").splitlines()
]
LAWFUL = (HERE / "lawful.txt").read_text("utf-8").splitlines()
LEAST_RECALL = 0.98
MOST_FALSE_ALARMS = 0.05


def test_the_labelled_set_is_large_and_has_every_topic() -> None:
    assert len(set(map(tuple, FORBIDDEN))) >= 200
    assert len(set(LAWFUL)) >= 200
    assert {Topic(topic) for topic, _ in FORBIDDEN} == set(Topic)


def test_forbidden_questions_are_found() -> None:
    missed = [question for _, question in FORBIDDEN if not find_prohibited(question)]
    assert len(missed) <= len(FORBIDDEN) * (1 - LEAST_RECALL), missed


def test_they_are_found_under_their_topic() -> None:
    elsewhere = [
        (topic, question, [f.topic.value for f in find_prohibited(question)])
        for topic, question in FORBIDDEN
        if Topic(topic) not in {finding.topic for finding in find_prohibited(question)}
    ]
    assert len(elsewhere) <= len(FORBIDDEN) * 0.05, elsewhere


def test_lawful_questions_that_come_near_are_left_alone() -> None:
    alarms = [(q, [f.words for f in find_prohibited(q)]) for q in LAWFUL if find_prohibited(q)]
    assert len(alarms) <= len(LAWFUL) * MOST_FALSE_ALARMS, alarms


def test_a_finding_says_what_was_meant_and_what_to_ask() -> None:
    text = "Tell me about your last project. And, by the way, are you married?"
    (finding,) = find_prohibited(text)
    assert finding.topic is Topic.FAMILY
    assert finding.words == "are you married"
    assert finding.sentence == "And, by the way, are you married?"
    assert finding.ask_instead
    assert finding.topic.label == "Family and marital status"


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_names_a_lawful_way(topic: Topic) -> None:
    assert not find_prohibited(topic.ask_instead)


def test_spelling_of_quotes_and_spaces_does_not_hide_a_question() -> None:
    assert find_prohibited("what’s   your\u00a0current salary")
    assert find_prohibited("ARE YOU MARRIED")


@pytest.mark.parametrize("role", all_roles(), ids=lambda role: role.slug)
def test_the_ready_made_plans_and_rubrics_are_clean(role: RoleTemplate) -> None:
    for text in role.texts():
        assert find_prohibited(text) == ()
    for competency in role.rubric.competencies:
        for text in (competency.name, competency.description, *competency.levels):
            assert rubric_findings(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Speaks with enthusiasm", "Seems nervous", "Answers in a confident tone", "Has a strong accent", "High energy",
        "Keeps eye contact", "Is a cultural fit", "Passionate about code", "Good body language", "Calm voice",
        "Shows confidence", "Charismatic presence", "Smiles often", "Native speaker", "Friendly and outgoing",
    ],
)  # fmt: skip
def test_a_rubric_must_not_judge_feelings_voice_or_looks(text: str) -> None:
    findings = rubric_findings(text)
    assert findings
    assert all(finding.words and finding.reason for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "States the confidence interval of the result", "Reduces the energy consumption of the data centre",
        "Names two alternatives and says what each costs", "Explains the cause of an incident step by step",
    ],
)  # fmt: skip
def test_a_rubric_may_judge_behaviour(text: str) -> None:
    assert rubric_findings(text) == ()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I'm 54, so I have seen a few of those.", Topic.AGE),
        ("My wife and I moved here.", Topic.FAMILY),
        ("I was on parental leave then.", Topic.PREGNANCY),
        ("I had cancer two years ago.", Topic.HEALTH),
        ("I have a disability.", Topic.DISABILITY),
        ("I earned about 70,000 there.", Topic.SALARY_HISTORY),
        ("I grew up in Lagos.", Topic.ORIGIN),
    ],
)
def test_protected_facts_are_noticed(text: str, topic: Topic) -> None:
    assert topic in {finding.topic for finding in find_protected_facts(text)}


@pytest.mark.parametrize(
    "text",
    [
        "I am 90 percent sure.", "My parent component re-rendered its child.", "I was responsible for health checks.",
        "I made 3 prototypes.", "We celebrated the launch with my team.", "I was born to debug, as they say.",
    ],
)  # fmt: skip
def test_ordinary_sentences_hold_no_protected_facts(text: str) -> None:
    findings = [f for f in find_protected_facts(text) if f.topic is not Topic.SALARY_HISTORY]
    assert findings == []


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    find_prohibited(text)
    find_protected_facts(text)
    rubric_findings(text)


@pytest.mark.parametrize(
    "pump", ["do you have ", "are you a ", "your ", "what ", "you, ", "a", " ", "?", "you're a "]
)
def test_time_grows_with_the_text_only(pump: str) -> None:
    def seconds(size: int) -> float:
        text = pump * (size // len(pump))
        began = time.process_time()
        find_prohibited(text)
        return time.process_time() - began

    def grows_evenly() -> bool:
        shorter, longer = (min(seconds(n) for _ in range(3)) for n in (10_000, 20_000))
        return longer <= max(0.05, shorter * 2.5)

    # What is not linear is so every time; a busy neighbour is not.
    assert any(grows_evenly() for _ in range(4))
