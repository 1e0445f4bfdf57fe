"""The forms that say who is interviewed by whom, about what, and when."""

import datetime as dt
import zoneinfo
from datetime import datetime, timedelta
from functools import cache

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from interviews import access
from interviews.models import Candidate, Interview, Member, Position
from interviews.queries.people_lists import possible_interviewers
from interviews.services.schedule_interview import DEFAULT_WINDOW
from interviews.states import Mode

_CANDIDATES_SHOWN = 300
_LAST_YEAR = 2200
_WINDOWS = ((0, "Only at that time"), (1, "1 day"), (3, "3 days"), (7, "7 days"), (14, "14 days"))


@cache
def time_zones() -> tuple[tuple[str, str], ...]:
    names = {name for name in zoneinfo.available_timezones() if "/" in name}
    kept = sorted(name for name in names if not name.startswith(("Etc/", "posix/", "right/")))
    return (("UTC", "UTC"), *((name, name.replace("_", " ")) for name in kept))


class TimeForm(forms.Form):
    """When: a wall-clock time in a place, and how long the candidate may take to begin."""

    date = forms.DateField(
        label="Date",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    time = forms.TimeField(
        label="Time", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=time_zones)
    window_days = forms.TypedChoiceField(
        label="The candidate may begin within",
        choices=_WINDOWS,
        coerce=int,
        help_text="An interview led by the AI can wait for the candidate.",
    )

    @staticmethod
    def starting_values(
        member: Member, interview: Interview | None, now: datetime
    ) -> dict[str, object]:
        zone_name = member.user.time_zone or "UTC"
        zone = zoneinfo.ZoneInfo(zone_name)
        start, window = _next_full_hour(now), DEFAULT_WINDOW
        if interview and interview.scheduled_at and interview.window_ends_at:
            start, window = (
                interview.scheduled_at,
                interview.window_ends_at - interview.scheduled_at,
            )
        local = start.astimezone(zone)
        days = min((days for days, _ in _WINDOWS), key=lambda days: abs(window.days - days))
        return {
            "date": local.date(),
            "time": local.time(),
            "time_zone": zone_name,
            "window_days": days,
        }

    def clean_date(self) -> dt.date:
        """Keeps arithmetic with the end of the calendar out of everything below."""
        day: dt.date = self.cleaned_data["date"]
        if day.year > _LAST_YEAR:
            raise ValidationError("This is more than a year ahead.")
        return day

    def start_and_end(self, minutes: int) -> tuple[datetime, datetime]:
        """The moment it starts, and until when the candidate may begin."""
        zone = zoneinfo.ZoneInfo(self.cleaned_data["time_zone"])
        day, time = self.cleaned_data["date"], self.cleaned_data["time"]
        start = datetime.combine(day, time, tzinfo=zone).astimezone(zoneinfo.ZoneInfo("UTC"))
        window = timedelta(days=self.cleaned_data["window_days"])
        return start, start + max(window, timedelta(minutes=minutes))


class PeopleForm(forms.Form):
    """Who takes part from the team."""

    interviewers = forms.ModelMultipleChoiceField(
        queryset=Member.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="From the team",
        help_text="They see the interview, may watch and take over, and write a scorecard.",
    )

    def __init__(self, *args: object, member: Member, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments
        interviewers = self.fields["interviewers"]
        assert isinstance(interviewers, forms.ModelMultipleChoiceField)
        interviewers.queryset = possible_interviewers(member)


class NewInterviewForm(PeopleForm):
    """Whom, about what and how. A candidate who is not there yet is added on the way."""

    candidate = forms.ModelChoiceField(
        queryset=Candidate.objects.none(),
        required=False,
        label="Candidate",
        empty_label="Somebody new…",
    )
    new_name = forms.CharField(required=False, max_length=120, label="Name")
    new_email = forms.EmailField(required=False, max_length=254, label="Email address")
    position = forms.ModelChoiceField(
        queryset=Position.objects.none(), label="Position", empty_label="Choose a position"
    )
    mode = forms.ChoiceField(
        choices=[(Mode.AI_LED, Mode.AI_LED.label), (Mode.ASSISTED, Mode.ASSISTED.label)],
        initial=Mode.AI_LED,
        widget=forms.RadioSelect,
        label="Who leads the interview",
    )
    minutes = forms.IntegerField(min_value=5, max_value=240, initial=30, label="Minutes")
    meeting_url = forms.URLField(
        required=False,
        max_length=500,
        assume_scheme="https",
        label="Link of the meeting",
        help_text="Where you meet, when a person leads: MeetMind listens along beside it.",
    )

    may_record = forms.BooleanField(
        required=False,
        label="Ask the candidate to have their voice recorded",
        help_text="Only if they agree: it is a question of its own, and declining changes nothing else.",
    )

    def __init__(self, *args: object, member: Member, **kwargs: object) -> None:
        super().__init__(*args, member=member, **kwargs)
        candidate, position = self.fields["candidate"], self.fields["position"]
        assert isinstance(candidate, forms.ModelChoiceField)
        assert isinstance(position, forms.ModelChoiceField)
        candidate.queryset = access.candidates(member)
        position.queryset = access.positions(member).filter(closed_at=None)
        chosen = str(self["candidate"].value() or "")
        newest = list(access.candidates(member)[:_CANDIDATES_SHOWN])
        if chosen and all(str(row.pk) != chosen for row in newest):
            newest += _as_choice(access.candidates(member), chosen)
        candidate.choices = [
            ("", candidate.empty_label),
            *((row.pk, f"{row.name} ({row.email})" if row.email else row.name) for row in newest),
        ]

    def clean(self) -> dict[str, object]:
        cleaned = self.cleaned_data
        if not cleaned.get("candidate") and not cleaned.get("new_name"):
            self.add_error("candidate", ValidationError("Choose a candidate, or give a new name."))
        return cleaned


def _next_full_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _as_choice(rows: QuerySet[Candidate], chosen: str) -> list[Candidate]:
    try:
        return list(rows.filter(pk=chosen))
    except ValidationError:
        return []
