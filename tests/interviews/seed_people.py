"""`python -m tests.interviews.seed_people` fills an empty installation with what the pages before an interview
show, and prints their addresses: for tests that look at them with a real browser."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django
from django.core.management import call_command


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "meetmind.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    # Only now: models cannot be imported before the apps are ready.
    from interviews.services.invite_member import invitation_url, invite_member
    from interviews.services.schedule_interview import InterviewDraft, create_draft, schedule
    from interviews.services.start_from_library import start_plan
    from interviews.services.write_position import PositionContent, create_position
    from interviews.states import Mode, Role
    from tests.cast import make_cast

    cast, now = make_cast(), datetime.now(UTC)
    position = create_position(
        content=PositionContent("Backend engineer", "You build."), by=cast.rita
    )
    plan = start_plan(position=position, slug="backend", based_on=None, by=cast.rita)
    empty = create_position(content=PositionContent("Data analyst"), by=cast.rita)
    drafts = [
        create_draft(draft=InterviewDraft(cast.cem, position, mode, 30, [cast.ines]), by=cast.rita)
        for mode in (Mode.AI_LED, Mode.ASSISTED)
    ]
    schedule(interview=drafts[0], by=cast.rita, scheduled_at=now + timedelta(days=1), now=now)
    invitation = invite_member(email="nina@acme.example", role=Role.OBSERVER, by=cast.ada, now=now)
    pages = {
        "home": "/",
        "positions": "/positions/",
        "position": f"/positions/{position.id}/",
        "position_without_plan": f"/positions/{empty.id}/",
        "position_new": "/positions/new/",
        "position_edit": f"/positions/{position.id}/edit/",
        "plan_edit": f"/positions/{position.id}/plan/",
        "plan_version": f"/positions/{position.id}/plan/1/",
        "rubrics": "/rubrics/",
        "rubric": f"/rubrics/{plan.rubric_version.rubric_id}/",
        "rubric_edit": f"/rubrics/{plan.rubric_version.rubric_id}/edit/",
        "candidates": "/candidates/",
        "candidate": f"/candidates/{cast.cem.id}/",
        "candidate_new": "/candidates/new/",
        "interviews": "/interviews/",
        "interview_new": "/interviews/new/",
        "interview": f"/interviews/{drafts[0].id}/",
        "interview_draft": f"/interviews/{drafts[1].id}/",
        "team": "/team/",
        "settings": "/settings/",
        "audit": "/audit/",
    }
    link = "/" + invitation_url(invitation).split("/", 3)[3]
    json.dump({"pages": pages, "invitation": link}, sys.stdout)


if __name__ == "__main__":
    main()
