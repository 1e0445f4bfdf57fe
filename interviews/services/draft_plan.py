"""Drafts a plan from a job description: gather, think; a person edits the draft before anything is kept."""

from dataclasses import dataclass

from ai_engine.engine import engine
from ai_engine.inputs import CallContext, Provenance
from ai_engine.skills import draft_plan as skill
from interviews.models import Member, Organisation, Position
from interviews.queries.material import allowed_providers
from interviews.services.write_plan import PlanContent, QuestionContent
from interviews.services.write_rubric import CompetencyContent, RubricContent
from interviews.states import QuestionKind

ANSWERED_WITHIN = 45.0  # seconds; somebody looks at the page meanwhile


@dataclass(frozen=True, slots=True)
class DraftedPlan:
    """A plan with the rubric its questions refer to. Nothing of it is stored."""

    plan: PlanContent
    rubric: RubricContent
    provenance: Provenance


def can_draft(organisation: Organisation) -> bool:
    """Without a provider that it may ask there is nobody who could write a plan."""
    return engine.has_providers(allowed_providers(organisation.ai_providers_off))


def draft_plan(*, position: Position, company_context: str, by: Member) -> DraftedPlan:
    """Asks the AI, and waits. Raises AiError."""
    context = CallContext(
        scope=str(position.organisation_id),
        language=position.language,
        lane="live",
        deadline=ANSWERED_WITHIN,
        allowed_providers=allowed_providers(by.organisation.ai_providers_off),
    )
    job = f"{position.title}\n\n{position.description}"
    draft = engine.run(skill.draft_plan(job, context))
    return DraftedPlan(
        plan=_plan_of(draft, company_context),
        rubric=_rubric_of(draft, position),
        provenance=draft.provenance,
    )


def _plan_of(draft: skill.PlanDraft, company_context: str) -> PlanContent:
    return PlanContent(
        opening_words=draft.opening,
        closing_words=draft.closing,
        company_context=company_context,
        questions=tuple(
            QuestionContent(
                text=question.text,
                kind=QuestionKind.MUST_ASK if question.must_ask else QuestionKind.ADAPTIVE,
                competency_key=question.competency_ref,
                probe_depth=question.probe_depth,
                minutes=question.minutes,
            )
            for question in draft.questions
        ),
    )


def _rubric_of(draft: skill.PlanDraft, position: Position) -> RubricContent:
    return RubricContent(
        name=f"{position.title[:100]} (AI draft)",
        competencies=tuple(
            CompetencyContent(
                name=competency.name,
                levels=competency.levels,
                description=competency.description,
                key=competency.ref,
            )
            for competency in draft.competencies
        ),
    )
