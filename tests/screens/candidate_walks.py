"""What candidates meet, and what the team sees of it while it happens."""

from playwright.sync_api import Page, expect

from meetmind.demo.candidate import Script
from tests.browser import PHONE
from tests.journeys.steps import answer_next
from tests.screens.studio import Studio


def refusal(studio: Studio) -> None:
    with studio.visitor() as page:
        page.goto(studio.more["refused_link"])
        page.get_by_role("button", name="Continue").click()
        page.locator("button[value=refused]").click()
        expect(page.locator("button[value=refused]")).to_have_count(0)
        studio.album.take(page, "candidate-without-agreement")


def led_by_the_ai(studio: Studio) -> None:
    interview = studio.demo["interviews"][0]["id"]
    with studio.visitor() as page, studio.signed_in("rita") as watching:
        arrive(studio, page, studio.demo["candidate_links"][0])
        script = Script()
        page.get_by_role("button", name="Start the interview").click()
        expect(page.locator(".bubble-ai.is-streaming").first).to_be_visible()
        studio.album.take(page, "room-question-coming")
        asked = [answer_next(page, script) for _ in range(2)]
        expect(page.locator("[data-action=repeat]:enabled")).to_be_visible(timeout=30_000)
        studio.album.take(page, "room")
        studio.album.take_for_readme(page, "room", height=720)
        studio.album.take_for_readme(page, "room-phone", width=PHONE, height=720)
        watching.goto(f"/interviews/{interview}/room/")
        expect(watching.locator("#transcript li").nth(3)).to_be_visible()
        studio.album.take(watching, "room-watched")
        interrupt(studio, page)
        while question := answer_next(page, script):
            asked.append(question)
            assert len(asked) < 20, f"it does not end: {asked}"
        studio.album.take(page, "room-over")
        page.get_by_role("link", name="Finish").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        studio.album.take(page, "candidate-done")


def arrive(studio: Studio, page: Page, link: str) -> None:
    studio.picture(page, "join", link)
    page.get_by_role("button", name="Continue").click()
    studio.album.take(page, "notice")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("button", name="Start the interview")).to_be_visible()
    studio.album.take(page, "room-before")
    page.get_by_role("link", name="Try your microphone first").click()
    expect(page.locator("#connection")).to_contain_text("The connection works")
    studio.album.take(page, "try-out")
    page.get_by_role("link", name="Go to the room").click()
    expect(page.get_by_role("button", name="Start the interview")).to_be_visible()


def interrupt(studio: Studio, page: Page) -> None:
    """A pause, and a second tab."""
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#paused")).to_be_visible()
    studio.album.take(page, "room-paused")
    page.get_by_role("button", name="Go on").click()
    second = page.context.new_page()
    second.goto("/room/")
    expect(page.locator("#elsewhere")).to_be_visible()
    studio.album.take(page, "room-in-another-tab")
    second.close()
    page.get_by_role("button", name="Go on in this tab").click()
    expect(page.locator("#elsewhere")).to_be_hidden()


def slow_down(studio: Studio, *, seconds: float) -> None:
    for provider in ("gemini", "openrouter", "groq"):
        fault = {"kind": "slow", "seconds": seconds} if seconds else None
        studio.providers.control(provider=provider, script=[], always=fault)


def led_by_a_person(studio: Studio) -> None:
    with studio.visitor() as page, studio.signed_in("rita") as leading:
        page.goto(studio.more["led_link"])
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="I agree").click()
        expect(page.get_by_text("You are in the waiting room")).to_be_visible()
        studio.album.take(page, "waiting-room")
        leading.goto(f"/interviews/{studio.more['led_interview']}/room/")
        expect(leading.get_by_role("button", name="Start")).to_be_visible()
        studio.album.take(leading, "panel-before")
        leading.get_by_role("button", name="Start").click()
        for speaker, words in CONVERSATION:
            leading.get_by_label("Who says it").select_option(label=speaker)
            leading.get_by_label("What is said").fill(words)
            leading.get_by_role("button", name="Add").click()
            expect(leading.locator("#transcript")).to_contain_text(words)
        expect(leading.locator("#suggestion-text")).not_to_be_empty(timeout=30_000)
        leading.get_by_label("Note", exact=True).fill("Clear about her own part in it.")
        leading.get_by_role("button", name="Keep note").click()
        expect(leading.locator("#notes")).to_contain_text("Clear about")
        studio.album.take(leading, "panel")
        studio.album.take_for_readme(leading, "panel")
        studio.album.take(page, "room-led-by-a-person")


ANSWER = (
    "At Harbour I rebuilt the billing import: two million rows a night, and late one night in five. "
    "I split it by customer, made every step repeatable, and it has been on time since March."
)
CONVERSATION = (
    ("Rita Rehberg", "Please describe a system you designed or changed in an important way."),
    (
        "Nadia Haddad",
        ANSWER,
    ),
    ("Rita Rehberg", "Are you married, and do you plan to have children?"),
)
WALKS = (refusal, led_by_the_ai, led_by_a_person)
