"""Jobs as operators see them."""

from playwright.sync_api import Page, expect

from tests.screens.member_walks import follow
from tests.screens.studio import Studio


def jobs(studio: Studio) -> None:
    with studio.signed_in("ada") as page:
        studio.picture(page, "scheduler-try-it", "/scheduler/demo/")
        page.get_by_role("button", name="Start and watch").click()
        expect(page.locator("main svg").first).to_be_visible()
        studio.album.take(page, "scheduler-workflow")
        studio.album.take_for_readme(page, "workflow")
        studio.picture(page, "scheduler", "/scheduler/")
        studio.album.take_for_readme(page, "scheduler")
        for name in ("jobs", "workflows", "workers", "recurring"):
            studio.picture(page, f"scheduler-{name}", f"/scheduler/{name}/")
        page.goto(f"/scheduler/jobs/{studio.more['dead_job']}/")
        until_dead(page)
        studio.album.take(page, "scheduler-job")
        studio.picture(page, "scheduler-dead-letters", "/scheduler/dead-letters/")
        page.goto("/scheduler/workflows/")
        follow(page, "main table a[href^='/scheduler/workflows/']")
        studio.album.take(page, "scheduler-workflow-done")


def until_dead(page: Page) -> None:
    """It is tried four times, 31 seconds in all."""
    replay = page.get_by_role("button", name="Replay", exact=True)
    for _ in range(30):
        if replay.is_visible():
            return
        page.wait_for_timeout(2_000)
        page.reload()
    raise AssertionError("the job did not die")


def nothing_to_do(studio: Studio) -> None:
    with studio.signed_in("noa") as page:
        studio.picture(page, "empty-scheduler", "/scheduler/")
        studio.picture(page, "empty-scheduler-jobs", "/scheduler/jobs/")
        studio.picture(page, "empty-dead-letters", "/scheduler/dead-letters/")


WALKS = (jobs, nothing_to_do)
