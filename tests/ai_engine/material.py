"""An interview to think about, and an engine over the fake providers to think with."""

from ai_engine.inputs import CallContext, Competency, Excerpt, PlanQuestion

QUESTIONS = (
    PlanQuestion("q1", "Tell me about a system you designed and how it was tested.", "design"),
    PlanQuestion("q2", "How did you handle a conflict in your team?", "teamwork"),
    PlanQuestion("q3", "How do you find out what users need?", "users", was_asked=False),
)
COMPETENCIES = (
    Competency("design", "System design", (
        "Names technologies only.", "Describes one component.",
        "Designs a system and explains how migrations were tested on copies of production.",
        "Leads the architecture of several systems and teaches others.")),
    Competency("teamwork", "Teamwork", (
        "Blames others.", "Avoids conflict.",
        "Talks to both sides, listens and finds an agreement together.",
        "Builds habits that prevent conflict across teams.")),
    Competency("users", "User research", (
        "Guesses.", "Asks colleagues.", "Interviews users regularly.", "Measures outcomes.")),
)  # fmt: skip
EXCERPTS = (
    Excerpt("s1", "ai", "AI", "Tell me about a system you designed and how it was tested.", 0),
    Excerpt("s2", "candidate", "Cem", "I designed the billing system with three people. We tested all "
            "migrations on copies of production before every release.", 5_000),
    Excerpt("s3", "ai", "AI", "How did you handle a conflict in your team?", 60_000),
    Excerpt("s4", "candidate", "Cem", "Two developers disagreed about the queue. I talked to both sides, "
            "listened, and together we found an agreement.", 65_000),
)  # fmt: skip


def job(language: str = "en") -> CallContext:
    return CallContext(scope="acme", interview_ref="i1", language=language, deadline=20)


def room(language: str = "en") -> CallContext:
    return CallContext(
        scope="acme", interview_ref="i1", language=language, lane="live", deadline=20
    )


def with_order(order: str, at: int = 1) -> tuple[Excerpt, ...]:
    """The interview with one more answer after the excerpt `at`: an order to the machine."""
    spoken = Excerpt("bad", "candidate", "Cem", order, EXCERPTS[at].started_ms + 1)
    return (*EXCERPTS[: at + 1], spoken, *EXCERPTS[at + 1 :])


def three_hours() -> tuple[Excerpt, ...]:
    """About 40,000 words, in the middle and at the end of which something is said that matters."""
    filler = "well you know we then had another long meeting about the plan of the quarter " * 8
    lines = [
        Excerpt(f"f{number}", "candidate" if number % 2 else "interviewer", "", filler + str(number),
                number * 30_000)
        for number in range(330)
    ]  # fmt: skip
    return (*lines[:160], *EXCERPTS[:2], *lines[160:], *EXCERPTS[2:])
