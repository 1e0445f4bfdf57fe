"""Pages before one is signed in."""

from playwright.sync_api import expect

from tests.screens.prepare import PASSWORD
from tests.screens.studio import Studio, one_time_code, sign_in


def doors(studio: Studio) -> None:
    with studio.visitor() as page:
        studio.picture(page, "sign-in", "/accounts/login/")
        sign_in(page, "rita@northwind.example", "not her password")
        studio.album.take(page, "sign-in-refused")
        studio.picture(page, "sign-up-closed", "/accounts/signup/")
        studio.picture(page, "password-reset", "/accounts/password/reset/")
        page.get_by_label("Email").fill("nobody@freshstart.example")
        page.get_by_role("main").get_by_role("button").click()
        expect(page).to_have_url(f"{studio.stack.url}/accounts/password/reset/done/")
        studio.album.take(page, "password-reset-done")
        studio.picture(page, "password-reset-key", studio.more["reset"])


def invitations(studio: Studio) -> None:
    with studio.visitor() as page:
        studio.picture(page, "invitation", studio.more["invitation"])
        studio.picture(page, "invitation-refused", studio.more["invitation_refused"])
        studio.picture(page, "first-administrator", studio.more["first_admin"])
        studio.picture(page, "join-refused", "/join/no-such-link")
        studio.picture(page, "not-found", "/nowhere/")


def second_factor(studio: Studio) -> None:
    with studio.visitor() as page:
        sign_in(page, "mia@northwind.example", PASSWORD)
        studio.album.take(page, "second-factor-asked")
        page.get_by_role("textbox").first.fill(one_time_code())
        page.get_by_role("main").get_by_role("button").first.click()
        expect(page).to_have_url(f"{studio.stack.url}/")
        studio.picture(page, "second-factor", "/accounts/2fa/")
        studio.picture(page, "is-it-still-you", "/accounts/2fa/recovery-codes/")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        expect(page).to_have_url(f"{studio.stack.url}/accounts/2fa/recovery-codes/")
        studio.album.take(page, "recovery-codes")
        studio.picture(page, "forbidden", "/team/")


WALKS = (doors, invitations, second_factor)
