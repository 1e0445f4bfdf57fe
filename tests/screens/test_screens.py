"""`make screens`: a picture of every page into build/screens, and README's into docs/pictures.

Not part of `make test` (see `norecursedirs` in pyproject.toml): what a picture shows is for people to judge. What a
machine can judge fails the run: an address without a picture, a page wider than its window, and what axe finds.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import open_browser
from tests.journeys.providers import running_providers
from tests.screens import candidate_walks, member_walks, scheduler_walks, visitor_walks
from tests.screens.album import Album, all_addresses
from tests.screens.studio import Studio
from tests.stack import ROOT, OneProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]
WALKS = (
    *visitor_walks.WALKS,
    *candidate_walks.WALKS,
    *member_walks.WALKS,
    *scheduler_walks.WALKS,
)
ACTION = "a form posts here; nothing is shown at this address"
PART = "a piece that the page around it loads"
FILE = "a file, not a page"
WITHOUT_PICTURE = {
    "account_inactive": "allauth's; accounts are deactivated per organisation",
    "account_email": "allauth's; the email address is not changed by its owner",
    "account_email_verification_sent": "allauth's; addresses are verified by the invitation",
    "account_confirm_email": "allauth's; addresses are verified by the invitation",
    "account_confirm_login_code": "allauth's; signing in by code is off",
    "account_set_password": "allauth's; every account has a password",
    "account_reset_password_from_key_done": "redirects to sign in",
    "mfa_reauthenticate": "like mfa_authenticate",
    "mfa_deactivate_totp": "a single question",
    "mfa_generate_recovery_codes": "a single question",
    "mfa_download_recovery_codes": FILE,
    "administrator_invite": ACTION,
    "organisation_switch": ACTION,
    "position_state": ACTION,
    "plan_start": ACTION,
    "plan_draft": ACTION,
    "rubric_start": ACTION,
    "rubric_archive": ACTION,
    "candidate_resume": ACTION,
    "resume_upload": ACTION,
    "recording_choice": ACTION,
    "recording_chunk": "the room sends sound here",
    "recording": FILE,
    "candidate_export": FILE,
    "erasure_download": FILE,
    "interview_time": ACTION,
    "interview_cancel": ACTION,
    "interview_link": ACTION,
    "interview_people": ACTION,
    "member_role": ACTION,
    "member_active": ACTION,
    "invitation_revoke": ACTION,
    "candidate_consent": ACTION,
    "candidate_withdraw": ACTION,
    "report_part": PART,
    "report_progress": PART,
    "report_transcript": PART,
    "report_run_again": ACTION,
    "report_replay": ACTION,
    "ai_test": ACTION,
    "ask": ACTION,
    "answer": PART,
    "review": ACTION,
    "decide": ACTION,
    "export": FILE,
    "mailbox-attachment": FILE,
    "scheduler:stream": PART,
    "scheduler:cancel-job": ACTION,
    "scheduler:cancel-workflow": ACTION,
    "scheduler:replay-many": ACTION,
    "scheduler:replay": ACTION,
    "scheduler:discard": ACTION,
    "scheduler:pause": ACTION,
    "scheduler:resume": ACTION,
    "scheduler:recurring-action": ACTION,
    "styleguide": "for designers; only with DEBUG",
}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    folder = ROOT / "build" / "screens"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for_readme = ROOT / "docs" / "pictures"
    for_readme.mkdir(exist_ok=True)
    with running_providers(chunk_delay=0.03) as providers, open_browser() as browser:
        stack = OneProcess(tmp_path, settings=providers.settings())
        stack.start()
        try:
            yield Studio(stack, providers, browser, Album(folder, for_readme))
        finally:
            stack.stop()


def test_every_page_has_a_picture(studio: Studio, subtests: pytest.Subtests) -> None:
    for walk in WALKS:
        with subtests.test(walk.__name__):
            walk(studio)
    with subtests.test("nothing to fault"):
        assert studio.album.faults == []
    with subtests.test("no address without a picture"):
        assert all_addresses() - studio.album.addresses - set(WITHOUT_PICTURE) == set()
    with subtests.test("no exception that is none"):
        assert set(WITHOUT_PICTURE) & studio.album.addresses == set()
