"""The ASGI application: HTTP through Django, WebSockets through Channels."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application
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
