"""The ASGI application: HTTP through Django, WebSockets through Channels."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")
_http = get_asgi_application()

from meetmind.restart import Restartable, stop_gently  # noqa: E402

application = Restartable(ProtocolTypeRouter({"http": _http}))
stop_gently(application)
