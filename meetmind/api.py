"""The API at /api/v1: each app brings its routers, here they get their places."""

from meetmind.api_docs import LocalDocs
from webapi.documented import DocumentedApi

api = DocumentedApi(
    title="MeetMind",
    version="1",
    description=(
        "Everything the pages do, for programs. Sign in with a bearer token. Lists come in pages "
        "(`cursor`, `next`); errors are problem details (RFC 9457); what belongs to another "
        "organisation answers exactly as what does not exist."
    ),
    docs=LocalDocs(),
)
