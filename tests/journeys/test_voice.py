"""Interviews by voice, from the try-out page to the report, while page, network, Redis and server break under them."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import (
    Faults,
    is_of_a_broken_network,
    looked_at,
    open_browsers,
    open_page,
)
from tests.cable import cable_to
from tests.cast import QUESTIONS
from tests.journeys.providers import Providers
from tests.journeys.rooms import open_room, open_rooms, sign_in
from tests.journeys.spoken import (
    CEM,
    INES,
    ServedOverRedis,
    be_heard_by,
    nobody_hears_yet,
    offline,
    served_over_redis,
    speak,
    teach,
    transcript_in_report,
)
from tests.voices import Mouth

pytestmark = [pytest.mark.browser, pytest.mark.fault, pytest.mark.timeout(400)]
PATIENCE = 90_000  # the machine may be busy with other tests
TRIED = "Can anybody hear what I say here?"
ANSWERS = (
    ("I built our billing service and ran it for three years.",),
    ("We lost a day of orders once, because a queue was full.", "First I stopped the writes."),
    ("I test whatever would hurt a customer.", "Money comes first, and mail can wait."),
    ("We disagreed about the database.", "My colleague was right, and I said so in public."),
    ("No thank you, that is all.",),
)
ASKED = (QUESTIONS[0], QUESTIONS[2], QUESTIONS[3])
HEARD_TWICE = "I built our billing service, ran it for three years, and handed it over to a team of four in the end."
DIALOGUE = ((ASKED[0],), (HEARD_TWICE,), (ASKED[1],), ANSWERS[1], (ASKED[2],), ANSWERS[2])


@pytest.fixture
def stack(tmp_path: Path, providers: Providers) -> Iterator[ServedOverRedis]:
    with served_over_redis(tmp_path, providers) as started:
        yield started


def test_the_ai_leads_by_voice_through_four_faults(
    stack: ServedOverRedis, providers: Providers, tmp_path: Path
) -> None:
    room, faults = open_room(stack, "ai_led", "scheduled"), Faults()
    mouth = Mouth(CEM, tmp_path / "cem.wav")
    teach(providers, tmp_path, CEM, [TRIED, *sentences_of(ANSWERS)])
    with (
        cable_to(stack.port) as cable,
        open_browsers(mouth.flags()) as (browser,),
        open_page(browser, cable.url, audited=True) as page,
        open_page(browser, stack.url) as ines,
    ):
        faults.watch(page)
        try_out(page, mouth, room["link"].replace(stack.url, cable.url))
        page.get_by_role("button", name="I agree").click()
        page.get_by_role("button", name="Start the interview").click()

        await_question(page, 1)
        speak(page, mouth, *ANSWERS[0])
        await_words(page, *ANSWERS[:1])
        assert looked_at(page) == []

        await_question(page, 2)
        with nobody_hears_yet(providers):
            speak(page, mouth, ANSWERS[1][0])
            expect(on_their_way(page)).to_be_visible(timeout=PATIENCE)
        page.reload()
        await_words(page, ANSWERS[0], ANSWERS[1][:1])
        speak(page, mouth, ANSWERS[1][1])
        await_words(page, *ANSWERS[:2])

        await_question(page, 3)
        with offline(page, cable):
            speak(page, mouth, *ANSWERS[2])
            expect(on_their_way(page)).to_have_count(2, timeout=PATIENCE)
        await_words(page, *ANSWERS[:3])

        await_question(page, 4)
        speak(page, mouth, ANSWERS[3][0])
        stack.flush_redis()
        await_words(page, *ANSWERS[:3], ANSWERS[3][:1])
        with nobody_hears_yet(providers):
            speak(page, mouth, ANSWERS[3][1])
            expect(on_their_way(page)).to_be_visible(timeout=PATIENCE)
        stack.restart_after_kill()
        await_words(page, *ANSWERS[:4])

        await_question(page, 6)  # after “that was my last question”
        speak(page, mouth, *ANSWERS[4])
        await_words(page, *ANSWERS)
        page.get_by_role("link", name="Finish").click(timeout=PATIENCE)
        expect(
            page.get_by_text("Nothing of what you wrote or said is kept on this device")
        ).to_be_visible()

        sign_in(ines, "ines@acme.example")
        said = transcript_in_report(ines, room)
    assert [words for who, words in said if who == "candidate"] == sentences_of(ANSWERS)
    for question in QUESTIONS:
        assert sum(question in words for who, words in said if who == "ai") == 1
    assert [words for words in faults.words if not is_of_a_broken_network(words)] == []


def test_a_person_leads_by_voice_through_four_faults(
    stack: ServedOverRedis, providers: Providers, tmp_path: Path
) -> None:
    opened, faults = open_rooms(stack, "assisted", "scheduled"), Faults()
    room = opened["rooms"][0]
    cems, hers = Mouth(CEM, tmp_path / "cem.wav"), Mouth(INES, tmp_path / "ines.wav")
    teach(providers, tmp_path, CEM, [HEARD_TWICE, *sentences_of(ANSWERS[:3])])
    teach(providers, tmp_path, INES, ASKED)
    with (
        cable_to(stack.port) as cable,
        open_browsers(cems.flags(), hers.flags()) as (cems_browser, her_browser),
        open_page(cems_browser, cable.url, audited=True) as cem,
        open_page(her_browser, stack.url, audited=True) as ines,
    ):
        faults.watch(cem)
        faults.watch(ines)
        seen = words_seen_early(ines)
        cem.goto(room["link"].replace(stack.url, cable.url))
        cem.get_by_role("button", name="Continue").click()
        cem.get_by_role("button", name="I agree").click()
        sign_in(ines, "ines@acme.example")
        ines.goto(f"/interviews/{room['id']}/room/")
        ines.get_by_role("button", name="Start", exact=True).click()

        speak(ines, hers, ASKED[0])
        await_turns(ines, *DIALOGUE[:1])
        be_heard_by([(cem, cems), (ines, hers)], CEM, HEARD_TWICE)
        await_turns(ines, *DIALOGUE[:2])
        expect(ines.locator("#transcript .is-interim")).to_have_count(0, timeout=PATIENCE)
        assert looked_at(ines) == []

        with nobody_hears_yet(providers):
            speak(ines, hers, ASKED[1])
            expect(ines.get_by_text("Writing down what was said…")).to_be_visible(timeout=PATIENCE)
        ines.reload()
        await_turns(ines, *DIALOGUE[:3])
        with offline(cem, cable):
            speak(cem, cems, *ANSWERS[1])
            expect(on_their_way(cem)).to_have_count(2, timeout=PATIENCE)
        await_turns(ines, *DIALOGUE[:4])

        speak(ines, hers, ASKED[2])
        await_turns(ines, *DIALOGUE[:5])
        speak(cem, cems, ANSWERS[2][0])
        stack.flush_redis()
        await_turns(ines, *DIALOGUE[:5], ANSWERS[2][:1])
        with nobody_hears_yet(providers):
            speak(cem, cems, ANSWERS[2][1])
            expect(on_their_way(cem)).to_be_visible(timeout=PATIENCE)
        stack.restart_after_kill()
        await_turns(ines, *DIALOGUE)

        ines.get_by_role("button", name="End", exact=True).click()
        ines.get_by_role("button", name="End the interview").click()
        expect(ines.locator("#is-over")).to_be_visible()
        expect(cem.get_by_role("link", name="Finish")).to_be_visible()
        said = transcript_in_report(ines, room)
        log = ines.request.get(
            f"/api/v1/interviews/{room['id']}/events?limit=200",
            headers={"Authorization": f"Bearer {opened['token']}"},
        ).json()["items"]
    assert [event["kind"] for event in log].count("segment.doubled") == 1
    assert any(HEARD_TWICE.startswith(words) for words in seen), seen
    assert said == [
        ("interviewer" if words in ASKED else "candidate", words)
        for words in sentences_of(DIALOGUE)
    ]
    assert [words for words in faults.words if not is_of_a_broken_network(words)] == []


def sentences_of(turns: Sequence[tuple[str, ...]]) -> list[str]:
    return [sentence for turn in turns for sentence in turn]


def try_out(page: Page, mouth: Mouth, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Try your microphone and connection").click()
    expect(page.get_by_text("The connection works")).to_be_visible()
    mouth.will_say(TRIED)
    page.get_by_role("button", name="Turn the microphone on").click()
    expect(page.get_by_text("You are heard.")).to_be_visible()
    expect(page.get_by_label("What you just said")).to_be_visible()
    page.get_by_role("link", name="Back to what you should know").click()


def await_question(page: Page, number: int) -> None:
    """The AI has spoken so many times since its opening words, and waits for an answer."""
    asked = page.locator("#chat .bubble-ai:not(.is-withdrawn):not([aria-hidden])")
    expect(asked).to_have_count(number + 1, timeout=PATIENCE)
    expect(page.locator("[data-action=repeat]:enabled")).to_be_visible(timeout=PATIENCE)


def words_seen_early(page: Page) -> list[str]:
    """What this page is told of sentences while they are spoken."""
    seen: list[str] = []

    def note(frame: str | bytes) -> None:
        told = json.loads(frame)
        if told["type"] == "segment.interim" and told["text"]:
            seen.append(told["text"])

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    return seen


def on_their_way(page: Page) -> Locator:
    return page.locator("#chat .bubble-candidate.is-pending")


def await_words(page: Page, *answers: tuple[str, ...]) -> None:
    """These sentences of the candidate stand in the room, each once and in this order, and no others."""
    said = page.locator("#chat .bubble-candidate:not(.is-pending) .bubble-text")
    expect(said).to_have_text(sentences_of(answers), timeout=PATIENCE)


def await_turns(page: Page, *turns: tuple[str, ...]) -> None:
    """The same in the panel, of everybody."""
    said = page.locator("#transcript .transcript-turn:not(.is-interim) .transcript-text")
    expect(said).to_have_text(sentences_of(turns), timeout=PATIENCE)
