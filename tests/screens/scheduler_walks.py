"""Jobs as operators see them."""

from playwright.sync_api import expect

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
        for name in ("jobs", "workflows", "dead-letters", "workers", "recurring"):
            studio.picture(page, f"scheduler-{name}", f"/scheduler/{name}/")
        studio.picture(page, "scheduler-job", f"/scheduler/jobs/{studio.more['dead_job']}/")
        page.goto("/scheduler/workflows/")
        follow(page, "main a[href^='/scheduler/workflows/']")
        studio.album.take(page, "scheduler-workflow-done")


def nothing_to_do(studio: Studio) -> None:
    with studio.signed_in("noa") as page:
        studio.picture(page, "empty-scheduler", "/scheduler/")
        studio.picture(page, "empty-scheduler-jobs", "/scheduler/jobs/")


WALKS = (jobs, nothing_to_do)
