"""The ASGI application: HTTP through Django, WebSockets through Channels."""

import gc
import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application
from django.urls import get_resolver
from prometheus_client import REGISTRY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")
_http = get_asgi_application()

from ai_engine.engine import engine  # noqa: E402
from interviews.hub import the_hub  # noqa: E402
from interviews.routing import websockets  # noqa: E402
from interviews.services.lead_interview import hand_over_turns  # noqa: E402
from meetmind.figures import register_figures  # noqa: E402
from meetmind.restart import Restartable, stop_gently  # noqa: E402

application = Restartable(ProtocolTypeRouter({"http": _http, "websocket": websockets}))
application.before_close(hand_over_turns)
application.before_stop(lambda: the_hub().stop())
application.at_last(engine.aclose)  # jobs may ask it until they have ended
register_figures(
    REGISTRY,
    open_sockets=lambda: application.open_sockets,
    open_requests=lambda: application.open_requests,
    open_tasks=lambda: application.open_tasks,
)
stop_gently(application)

# What is loaded now stays. Looked through by every full collection, it would stop all rooms for a tenth of a second.
get_resolver().url_patterns  # noqa: B018 # which loads all pages, so that nobody waits for that either
gc.collect()
gc.freeze()
