"""From the end of an interview to its debrief."""

from interviews.states import DebriefStatus
from scheduler.testing import drain_jobs
from tests.cast import Cast
from tests.interviews.told import make_debrief, make_told_interview


def test_a_debrief_is_written_by_its_jobs(cast: Cast) -> None:
    debrief = make_debrief(make_told_interview(cast))
    drain_jobs()
    debrief.refresh_from_db()
    assert debrief.status == DebriefStatus.READY
    assert debrief.parts.count() == 3
