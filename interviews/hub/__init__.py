"""The live rooms of this process: one hub, which alone touches the channel layer.

The database is the truth. A room keeps the latest frames of each audience in a ring; each socket has a pump
that pulls by `seq` from the ring or the database; a tick each second finds what a lost nudge would hide.
"""

from interviews.hub.connection import Connection
from interviews.hub.hub import Hub, the_hub
from interviews.hub.reading import RoomFacts, StoredWords
from interviews.hub.ring import Ring
from interviews.hub.room import Room
from interviews.hub.threads import finish_database_work, in_database

__all__ = [
    "Connection",
    "Hub",
    "Ring",
    "Room",
    "RoomFacts",
    "StoredWords",
    "finish_database_work",
    "in_database",
    "the_hub",
]
