"""The pages of the product, one line a route. Each view says by its decorator who may come in."""

from django.urls import path

from interviews.views import (
    audit,
    candidate,
    candidate_room,
    candidates,
    home,
    interview,
    interview_new,
    interviews,
    invitation,
    join,
    organisation,
    plan_edit,
    position,
    positions,
    rubric_edit,
    rubrics,
    settings,
    team,
)

urlpatterns = [
    # People, plans, candidates, scheduling
    path("", home.home, name="home"),
    path(
        "organisations/<uuid:organisation_id>/switch/",
        organisation.switch,
        name="organisation_switch",
    ),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("positions/", positions.positions, name="positions"),
    path("positions/new/", positions.position_new, name="position_new"),
    path("positions/<uuid:position_id>/", position.position, name="position"),
    path("positions/<uuid:position_id>/edit/", position.position_edit, name="position_edit"),
    path("positions/<uuid:position_id>/state/", position.position_state, name="position_state"),
    path("positions/<uuid:position_id>/plan/", plan_edit.plan_edit, name="plan_edit"),
    path("positions/<uuid:position_id>/plan/start/", position.plan_start, name="plan_start"),
    path(
        "positions/<uuid:position_id>/plan/<int:number>/",
        position.plan_version,
        name="plan_version",
    ),
    path("rubrics/", rubrics.rubrics, name="rubrics"),
    path("rubrics/new/", rubric_edit.rubric_new, name="rubric_new"),
    path("rubrics/start/", rubrics.rubric_start, name="rubric_start"),
    path("rubrics/<uuid:rubric_id>/", rubrics.rubric, name="rubric"),
    path("rubrics/<uuid:rubric_id>/edit/", rubric_edit.rubric_edit, name="rubric_edit"),
    path("rubrics/<uuid:rubric_id>/archive/", rubrics.rubric_archive, name="rubric_archive"),
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/new/", candidates.candidate_new, name="candidate_new"),
    path("candidates/<uuid:candidate_id>/", candidate.candidate, name="candidate"),
    path("candidates/<uuid:candidate_id>/edit/", candidate.candidate_edit, name="candidate_edit"),
    path("interviews/", interviews.interviews, name="interviews"),
    path("interviews/new/", interview_new.interview_new, name="interview_new"),
    path("interviews/<uuid:interview_id>/", interview.interview, name="interview"),
    path("interviews/<uuid:interview_id>/time/", interview.interview_time, name="interview_time"),
    path(
        "interviews/<uuid:interview_id>/cancel/",
        interview.interview_cancel,
        name="interview_cancel",
    ),
    path("interviews/<uuid:interview_id>/link/", interview.interview_link, name="interview_link"),
    path(
        "interviews/<uuid:interview_id>/people/",
        interview.interview_people,
        name="interview_people",
    ),
    path("team/", team.team, name="team"),
    path("team/members/<uuid:member_id>/role/", team.member_role, name="member_role"),
    path("team/members/<uuid:member_id>/active/", team.member_active, name="member_active"),
    path(
        "team/invitations/<uuid:invitation_id>/revoke/",
        team.invitation_revoke,
        name="invitation_revoke",
    ),
    path("settings/", settings.settings, name="settings"),
    path("audit/", audit.audit, name="audit"),
    # The live room
    path("join/<str:token>", join.join, name="join"),
    path("room/", candidate_room.candidate_room, name="candidate_room"),
    path("room/consent/", candidate_room.candidate_consent, name="candidate_consent"),
    path("room/withdraw/", candidate_room.candidate_withdraw, name="candidate_withdraw"),
    # After the interview
]
