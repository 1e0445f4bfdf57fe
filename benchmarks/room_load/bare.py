"""The calibration: a bare Channels consumer that makes the same commit and sends to a group, and no more.

No resume, no windows, no order across senders, no rights that end: what is left when all that is taken away.
"""

import json
import os
import uuid
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")
_LAYERS = {
    "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    "redis": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [settings.REDIS_URL]},
    },
    "pubsub": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [settings.REDIS_URL]},
    },
}
settings.CHANNEL_LAYERS = {"default": _LAYERS[os.environ["BARE_LAYER"]]}
_http = get_asgi_application()

from interviews.consumers.credentials import admit, read_credentials  # noqa: E402
from interviews.services.participants import Participant  # noqa: E402
from interviews.services.record_transcript import SpokenSegment, record_segment  # noqa: E402


class BareConsumer(AsyncWebsocketConsumer):  # type: ignore[misc] # Channels publishes no types
    by: Participant

    async def connect(self) -> None:
        await self.accept("interview.v1")

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    @property
    def group(self) -> str:
        return f"bare.{self.scope['url_route']['kwargs']['interview_id'].hex}"

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = json.loads(text_data or "{}")
        if message["type"] == "hello":
            await self._hello(message)
        elif message["type"] == "segment.final":
            await self._store(message)

    async def _hello(self, message: dict[str, Any]) -> None:
        self.client_id = uuid.UUID(message["client_id"])
        self.by = await database_sync_to_async(admit)(
            credentials=read_credentials(self.scope),
            as_=message["as"],
            interview_id=self.scope["url_route"]["kwargs"]["interview_id"],
            now=timezone.now(),
        )
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send(json.dumps({"type": "welcome", "epoch": ""}))

    async def _store(self, message: dict[str, Any]) -> None:
        recorded = await database_sync_to_async(record_segment)(
            by=self.by,
            segment=SpokenSegment(message["seg_id"], message["text"]),
            sender=self.by.sender_key(self.client_id, message["client_seq"]),
            now=timezone.now(),
        )
        ack = {"type": "ack", "client_seq": message["client_seq"], "seq": recorded.seq}
        await self.send(json.dumps(ack))
        event = {"type": "event", "kind": "segment.final", "seq": recorded.seq}
        event["text"] = message["text"]
        await self.channel_layer.group_send(
            self.group, {"type": "tell", "frame": json.dumps(event)}
        )

    async def tell(self, message: dict[str, str]) -> None:
        await self.send(message["frame"])


application = ProtocolTypeRouter(
    {
        "http": _http,
        "websocket": URLRouter(
            [path("ws/interviews/<uuid:interview_id>/", BareConsumer.as_asgi())]
        ),
    }
)
