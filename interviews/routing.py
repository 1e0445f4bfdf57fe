"""The address book of the websockets."""

from channels.routing import URLRouter
from django.urls import path, re_path

from interviews.consumers.room_socket import no_such_room, room_socket

websockets = URLRouter(
    [
        # Channels routes ASGI applications by Django's own patterns, whose types know views only.
        path("ws/interviews/<uuid:interview_id>/", room_socket),  # type: ignore[arg-type]
        re_path("", no_such_room),  # type: ignore[arg-type] # like a room that does not exist
    ]
)
