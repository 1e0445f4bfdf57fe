"""The checker of histories must find what it is there to find."""

from collections.abc import Callable

import pytest

from tests.faults.history import Recorder, Room, faults_of


def room_of(*texts: str) -> Room:
    """One writer who said all this, and one listener; both were shown it."""
    writer, listener = Recorder("room", [1]), Recorder("room", [1])
    for client in (writer, listener):
        client.events = [{"seq": seq, "text": text} for seq, text in enumerate(texts, 1)]
    writer.sent = list(texts)
    writer.acknowledged_as = {text: seq for seq, text in enumerate(texts, 1)}
    return Room([writer], [listener])


def lose(room: Room) -> None:
    for client in room.everybody:
        client.events.pop()


def double(room: Room) -> None:
    for client in room.everybody:
        client.events.append({"seq": 4, "text": "c"})


def swap(room: Room) -> None:
    for client in room.everybody:
        first, second, third = (event["text"] for event in client.events)
        client.events = [
            {"seq": seq, "text": text} for seq, text in enumerate((second, first, third), 1)
        ]


def show_another_order(room: Room) -> None:
    room.listeners[0].events[0]["text"] = "b"
    room.listeners[0].events[1]["text"] = "a"


def leave_a_gap(room: Room) -> None:
    room.listeners[0].events[1]["seq"] = 3


def test_a_whole_history_has_no_faults() -> None:
    assert faults_of(room_of("a", "b", "c")) == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lose, "lost: c"),
        (double, "doubled: c"),
        (swap, "the order of one writer's words changed"),
        (show_another_order, "two people were shown different histories"),
        (leave_a_gap, "somebody was shown a gap, or numbers out of order"),
    ],
)
def test_each_kind_of_harm_is_found(harm: Callable[[Room], None], words: str) -> None:
    room = room_of("a", "b", "c")
    harm(room)
    assert words in faults_of(room)
