"""A page with every part of the interface, for those who build pages. Only there when DEBUG is on."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from interviews.states import DebriefStatus, InterviewState
from interviews.views.doors import public_page


class SampleForm(forms.Form):
    """One field of each kind, with a fault and a help text."""

    email = forms.EmailField(label="Candidate's email", help_text="The invitation goes here.")
    name = forms.CharField(label="Name", required=False)
    language = forms.ChoiceField(
        label="Language", choices=[("en", "English"), ("de", "German"), ("tr", "Turkish")]
    )
    notes = forms.CharField(
        label="For the interviewers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The candidate never sees this.",
    )
    extra_time = forms.ChoiceField(
        label="Extra time",
        widget=forms.RadioSelect,
        choices=[("1", "None"), ("1.25", "A quarter more"), ("1.5", "Half as much again")],
    )
    remind = forms.BooleanField(
        label="Remind the candidate", help_text="24 hours and one hour before.", required=False
    )


@dataclass(frozen=True, slots=True)
class SampleRow:
    candidate: str
    position: str
    state: str
    state_label: str
    debrief: str
    debrief_label: str
    minutes: int
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class SampleUser:
    """Stands for somebody signed in, so that the page shows the account menu without a database."""

    name: str
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SampleOrganisation:
    name: str
    switch_url: str = "#main"
    current: bool = False


@dataclass(frozen=True, slots=True)
class SampleMember:
    organisation: SampleOrganisation
    get_role_display: str = "Recruiter"


ACME = SampleOrganisation("Acme Hiring", current=True)
ROWS = (
    SampleRow("Cem Aydın", "Backend engineer", "ended", "Ended", "ready", "Ready", 38),
    SampleRow("Ines Duarte", "Backend engineer", "live", "Live", "none", "None yet", 12),
    SampleRow(
        "Jonas Weber",
        "Data analyst",
        "ended",
        "Ended",
        "partial",
        "Partly ready",
        41,
        degraded=True,
    ),
    SampleRow("Amara Nwosu", "Product manager", "scheduled", "Scheduled", "none", "None yet", 0),
)
SECTIONS = ("Positions", "Candidates", "Interviews", "Jobs", "Team", "Settings")


@public_page
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part of the interface on one page."""
    form = SampleForm({"email": "cem@", "language": "en", "extra_time": "1", "remind": "on"})
    navigation = [NavigationItem(name, "#main", name == "Interviews") for name in SECTIONS]
    context = {
        "form": form,
        "user": SampleUser("Rita Okafor"),
        "current_member": SampleMember(ACME),
        "organisations": [ACME, SampleOrganisation("Beta Research")],
        "rows": ROWS,
        "navigation": navigation,
        "page_info": {"summary": "1–4 of 230", "next_url": "#tables"},
        "states": [*InterviewState.choices, *DebriefStatus.choices],
    }
    return render(request, "styleguide.html", context)
