"""The API of the product: one router a resource, each with whole paths."""

from ninja import Router

from interviews.api import debriefs, imports, questions, reviews, segments

router = Router()
for resource in (segments, imports, debriefs, reviews, questions):
    router.add_router("", resource.router)
