"""The API of the product: one router a resource, each with whole paths."""

from ninja import Router

from interviews.api import (
    ai,
    ai_status,
    assistance,
    audit,
    candidates,
    consents,
    debriefs,
    erasures,
    events,
    exports,
    imports,
    interviews,
    invitations,
    members,
    organisations,
    plans,
    positions,
    questions,
    recordings,
    reviews,
    rubrics,
    segments,
)

router = Router()
for before in (organisations, members, positions, plans, rubrics, candidates, erasures):
    router.add_router("", before.router)
for around in (interviews, invitations, consents, events, assistance, audit):
    router.add_router("", around.router)
for after in (segments, recordings, imports, debriefs, reviews, questions, exports, ai, ai_status):
    router.add_router("", after.router)
