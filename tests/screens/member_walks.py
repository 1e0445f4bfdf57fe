"""The pages of a hiring team."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import submit_scorecard
from tests.screens.candidate_walks import slow_down
from tests.screens.studio import Studio


def everyday(studio: Studio) -> None:
    backend = studio.demo["positions"][0]["id"]
    with studio.signed_in("rita") as page:
        studio.picture(page, "home", "/")
        studio.album.take_for_readme(page, "home")
        studio.picture(page, "positions", "/positions/")
        studio.picture(page, "position-new", "/positions/new/")
        studio.picture(page, "position", f"/positions/{backend}/")
        studio.picture(page, "position-edit", f"/positions/{backend}/edit/")
        studio.picture(page, "plan-editor", f"/positions/{backend}/plan/")
        studio.album.take_for_readme(page, "plan-editor")
        studio.picture(page, "plan-version", f"/positions/{backend}/plan/1/")
        studio.picture(page, "rubrics", "/rubrics/")
        studio.picture(page, "rubric-new", "/rubrics/new/")
        page.goto("/rubrics/")
        follow(page, "main a[href^='/rubrics/']:not([href$='/new/'])")
        studio.album.take(page, "rubric")
        studio.picture(page, "rubric-editor", f"{page.url}edit/")


def candidates(studio: Studio) -> None:
    with studio.signed_in("rita") as page:
        studio.picture(page, "candidates", "/candidates/")
        studio.picture(page, "candidate-new", "/candidates/new/")
        page.goto("/candidates/")
        page.get_by_role("main").get_by_role("link", name="Priya Raman").first.click()
        studio.album.take(page, "candidate")
        studio.picture(page, "candidate-edit", f"{page.url}edit/")


def interviews(studio: Studio) -> None:
    jonas = studio.demo["interviews"][2]["id"]
    with studio.signed_in("rita") as page:
        studio.picture(page, "interviews", "/interviews/")
        studio.picture(page, "interview-new", "/interviews/new/")
        studio.picture(page, "interview", f"/interviews/{jonas}/")
        lena = studio.more["refused_interview"]
        studio.picture(page, "interview-wants-a-person", f"/interviews/{lena}/")


def imports(studio: Studio) -> None:
    with studio.signed_in("rita") as page:
        studio.picture(page, "import", "/interviews/import/")
        page.get_by_label("Position").select_option(index=1)
        page.get_by_label("Name", exact=False).last.fill("Omar Said")
        page.get_by_label("paste", exact=False).fill("WEBVTT\n\n00:00:09.000 --> 00:00:0")
        page.get_by_role("button", name="Import").click()
        expect(page.locator("#import-outcome .callout")).to_be_visible()
        studio.album.take(page, "import-refused")
        page.get_by_label("paste", exact=False).fill(
            "Speaker 1: What did you build last?\nSpeaker 2: A scheduler for two hospitals, by myself."
        )
        page.get_by_role("button", name="Import").click()
        speaker = page.locator("label.choice-card").filter(has_text="Speaker 2")
        expect(speaker).to_be_visible()
        studio.album.take(page, "import-speakers")
        slow_down(studio, seconds=30)
        speaker.click()
        page.get_by_role("button", name="Import").click()
        expect(page).to_have_url(re.compile("/report/"))
        studio.album.take(page, "report-being-written")
        slow_down(studio, seconds=0)


def report(studio: Studio) -> None:
    priya = studio.demo["interviews"][1]["id"]
    with studio.signed_in("rita") as page:
        page.goto(f"/interviews/{priya}/report/")
        expect(page.locator("#summary .cite").first).to_be_visible(timeout=60_000)
        studio.album.take(page, "report-before-own-scorecard")
        submit_scorecard(page)
        expect(page.locator("#scorecard .score .quote").first).to_be_visible(timeout=60_000)
        page.get_by_label("Your question").fill("Which designs did she compare?")
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.locator("#answers .cite").first).to_be_visible(timeout=60_000)
        studio.album.take(page, "report")
        page.locator("#scorecard .score .quote .cite").first.click()
        expect(page.locator("#transcript-list mark")).to_be_visible()
        page.locator("#scorecard").evaluate(
            "part => scrollBy(0, part.querySelector('.score').getBoundingClientRect().top - 190)"
        )
        studio.album.take_for_readme(page, "report")
        studio.picture(page, "correct-transcript", correction_address(page, priya))
        studio.picture(page, "compare", f"/positions/{studio.demo['positions'][0]['id']}/compare/")


def correction_address(page: Page, interview: str) -> str:
    segment = page.locator("[id^=segment-]").first.get_attribute("id") or ""
    return f"/interviews/{interview}/segments/{segment.removeprefix('segment-')}/correct/"


def administration(studio: Studio) -> None:
    with studio.signed_in("ada") as page:
        for name in ("team", "settings", "audit", "api-tokens", "mailbox"):
            studio.picture(page, name, f"/{name}/")
        studio.picture(page, "ai-usage", "/ai/")
        studio.picture(page, "ai-providers", "/ai/providers/")
        open_an_organisation(studio, page)
        page.goto("/mailbox/")
        follow(page, "main a[href^='/mailbox/']")
        studio.album.take(page, "mailbox-message")
        studio.picture(page, "password-change", "/accounts/password/change/")
        studio.picture(page, "second-factor-none", "/accounts/2fa/")
        page.goto("/accounts/2fa/totp/activate/")
        if page.get_by_role("button", name="Confirm").is_visible():
            page.get_by_label("Password").fill(studio.password_of("ada"))
            page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_label("Code", exact=False).first).to_be_visible()
        studio.album.take(page, "second-factor-new")
        studio.picture(page, "sign-out", "/accounts/logout/")


def open_an_organisation(studio: Studio, page: Page) -> None:
    page.goto("/organisations/")
    page.get_by_label("Name").fill("Southwind")
    page.get_by_label("First administrator").fill("sol@southwind.example")
    page.get_by_role("button", name="Open and invite").click()
    expect(page.get_by_text("is asked to join")).to_be_visible()
    studio.album.take(page, "organisations")


def erasure(studio: Studio) -> None:
    with studio.signed_in("ada") as page:
        studio.picture(
            page, "candidate-erase", f"/candidates/{studio.more['erased_candidate']}/erase/"
        )
        page.get_by_label("name", exact=False).fill("Tomás Ferreira")
        page.get_by_role("button", name="Erase everything").click()
        expect(page).to_have_url(re.compile("/erasures/.+"))
        studio.album.take(page, "erasure")
        studio.picture(page, "erasures", "/erasures/")


def nothing_yet(studio: Studio) -> None:
    pages = ("", "positions", "rubrics", "candidates", "interviews", "interviews/new")
    with studio.signed_in("noa") as page:
        for address in (*pages, "interviews/import", "team", "audit", "api-tokens", "erasures"):
            name = address.replace("/", "-") or "home"
            studio.picture(page, f"empty-{name}", f"/{address}/" if address else "/")
    with studio.signed_in("nobody") as page:
        studio.picture(page, "without-organisation", "/")


def follow(page: Page, selector: str) -> None:
    page.goto(page.locator(selector).first.get_attribute("href") or "")


WALKS = (
    everyday,
    candidates,
    interviews,
    imports,
    report,
    administration,
    erasure,
    nothing_yet,
)
