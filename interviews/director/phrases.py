"""The director's own words: said as they are when no AI is there to word a move.

Several for each purpose, because nothing is said twice in one interview.
"""

from collections.abc import Sequence

from interviews.director.answers import Weakness
from interviews.director.sameness import normalised

OPENING = (
    "Welcome, and thank you for your time. I will ask you some questions about your work. Take the time you"
    " need; you can ask me to repeat a question, to put it differently, or to skip it."
)
CLOSING = (
    "That is all from my side. Thank you for your time and your answers. The hiring team reads this"
    " conversation, and a person will get back to you about the next step."
)
TIME_HINT = "We have a few minutes left, so I will keep to the most important points."
WRAP_UP = "Thank you, that was my last question."
WRAP_UP_OUT_OF_TIME = (
    "Thank you. Our time for questions is nearly over, so I will stop asking here."
)

PROBES: dict[Weakness, tuple[str, ...]] = {
    Weakness.SHORT: (
        "Could you tell me a little more about that?",
        "What else belongs to that, from your point of view?",
        "Please go one step further into the details. What happened, in order?",
        "Which part of that was the hardest, and why?",
    ),
    Weakness.VAGUE: (
        "Can you make that concrete with one situation you remember?",
        "Which situation do you have in mind when you say that?",
        "How did that look in practice, the last time you did it?",
        "What exactly did you do first in such a case?",
    ),
    Weakness.NO_EXAMPLE: (
        "Can you give me one specific example of that?",
        "When did you last do this, and what happened?",
        "Is there a piece of work that shows this well? Please walk me through it.",
        "Could you pick one case and tell me how it went from start to end?",
    ),
    Weakness.NO_OWN_PART: (
        "What was your own part in it?",
        "Which of those steps did you take yourself?",
        "What would not have happened without you there?",
        "Which decisions in it were yours?",
    ),
    Weakness.NO_RESULT: (
        "How did it turn out, and how could you tell?",
        "What changed because of that work? Figures are welcome if you have them.",
        "What came out of it in the end?",
        "Looking back, what worked and what would you do differently?",
    ),
}

CLARIFICATIONS = (
    "Let me put it another way. I would like to hear about this: {question} Any experience that comes close is fine.",
    "In other words: {question} There is no single right answer; tell me what you would do, or have done.",
    "Think of one situation from your own work that fits this: {question}",
)
AFTER_SILENCE = "Take your time. If it helps, think of one situation from your work that fits the question, or tell me to skip it."
AFTER_SILENCE_AGAIN = "No hurry. I am still here; say when you would like the question repeated, explained or skipped."

INVITATIONS = (
    "Now it is your turn. What would you like to know about the role, the team or the company?",
    "Is there anything else you would like to ask?",
    "One more question is possible. What else would help you decide?",
)
ANSWERS_TO_CANDIDATE = (
    "Thank you for asking. I do not have a reliable answer here, so I have noted your question for the hiring team.",
    "That is a good thing to know before you decide. I pass it on to the hiring team, who will answer it.",
    "I have noted this one too; the hiring team will come back to you with an answer.",
)


def first_unsaid(phrases: Sequence[str], said: frozenset[str]) -> str | None:
    """`said` holds normalised texts."""
    return next((phrase for phrase in phrases if normalised(phrase) not in said), None)
