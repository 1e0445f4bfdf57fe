"""What a browser keeps of a room until the server has it."""

import pytest
from playwright.sync_api import Browser

from tests.pages.scripts import a_page

pytestmark = pytest.mark.browser


def test_wiping_one_room_leaves_the_others_what_they_have_to_send(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        kept = page.evaluate(
            """async () => {
              const { Outbox } = await import("/static/js/lib/outbox.js");
              const { MESSAGES, RoomStore, SOUNDS, wipeRoom } = await import("/static/js/lib/room_store.js");
              for (const room of ["a", "a/member", "b"]) {
                const outbox = await Outbox.open(room);
                await outbox.add({ type: "note.add", client_id: "c", client_seq: 1, text: room });
                const sounds = await RoomStore.open(room, SOUNDS);
                await sounds.put({ seg_id: "s", samples: new Int16Array(8), extra: {}, at: Date.now() });
              }
              await wipeRoom("a");
              const count = async (room, kind) => (await (await RoomStore.open(room, kind)).all()).length;
              const rooms = ["a", "a/member", "b"];
              return Promise.all(rooms.map(async (room) => [await count(room, MESSAGES), await count(room, SOUNDS)]));
            }"""
        )
        assert kept == [[0, 0], [1, 1], [1, 1]]


def test_what_was_left_by_a_room_long_ago_is_forgotten(browser: Browser, address: str) -> None:
    with a_page(browser, address) as page:
        kept = page.evaluate(
            """async () => {
              const { RoomStore, SOUNDS } = await import("/static/js/lib/room_store.js");
              const old = await RoomStore.open("old", SOUNDS);
              await old.put({ seg_id: "s", samples: new Int16Array(8), extra: {}, at: Date.now() - 8 * 24 * 3600e3 });
              await (await RoomStore.open("new", SOUNDS)).all();
              return (await old.all()).length;
            }"""
        )
        assert kept == 0
