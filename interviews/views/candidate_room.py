"""The candidate's own pages behind the cookie: notice and agreement, the room, and what comes after."""

from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from interviews.models import Interview
from interviews.notice import notice_for
from interviews.queries.recordings import has_agreed_to_recording
from interviews.services.consent import (
    Accommodations,
    give_consent,
    refuse_consent,
    withdraw_consent,
)
from interviews.services.room_refusals import RoomRefusal
from interviews.states import ConsentState, Mode
from interviews.views.cookie_page import cookie_page


class AccommodationsForm(forms.Form):
    """Asked of everyone, so that asking says nothing about anybody."""

    text_only = forms.BooleanField(
        required=False,
        label="I would rather write than speak",
        help_text="The AI's questions are always shown as text.",
    )
    time_factor = forms.TypedChoiceField(
        coerce=Decimal,
        label="Time",
        choices=[
            ("1", "The usual time"),
            ("1.25", "A quarter more"),
            ("1.5", "Half as much again"),
            ("2", "Twice the time"),
        ],
        initial="1",
    )
    silence_factor = forms.TypedChoiceField(
        coerce=Decimal,
        label="Pauses while I think",
        choices=[("1", "As usual"), ("2", "Wait longer before saying something")],
        initial="1",
    )


class AgreementForm(AccommodationsForm):
    """What the candidate answers besides yes. Recording is asked only where somebody wants it."""

    recording = forms.BooleanField(
        required=False,
        label="You may record my voice",
        help_text="You can stop it at any time. Leaving this empty changes nothing else.",
    )

    def __init__(self, *args: object, interview: Interview, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments
        if not interview.may_record:
            del self.fields["recording"]


@never_cache
@require_GET
@cookie_page
def candidate_room(request: HttpRequest, interview: Interview) -> HttpResponse:
    """Wherever the candidate stands: before the agreement, in the room, or after it."""
    match interview.consent:
        case ConsentState.GIVEN if "notice" not in request.GET:
            return render(request, "interviews/candidate_room.html", _room_context(interview))
        case ConsentState.REFUSED if "notice" not in request.GET:
            return render(
                request, "interviews/candidate_alternative.html", {"interview": interview}
            )
        case ConsentState.WITHDRAWN:
            return render(request, "interviews/candidate_done.html", {"interview": interview})
        case _:
            return _show_notice(request, interview, AgreementForm(interview=interview))


@require_POST
@cookie_page
def candidate_consent(request: HttpRequest, interview: Interview) -> HttpResponse:
    """The answer to the notice. Two clicks are one answer."""
    try:
        if request.POST.get("answer") == "refused":
            refuse_consent(interview=interview, now=timezone.now())
            return redirect("candidate_room")
        form = AgreementForm(request.POST, interview=interview)
        if not form.is_valid():
            return _show_notice(request, interview, form)
        agrees_to_recording = form.cleaned_data.pop("recording", False)
        give_consent(
            interview=interview,
            agrees_to_recording=agrees_to_recording,
            accommodations=Accommodations(**form.cleaned_data),
            now=timezone.now(),
        )
    except RoomRefusal:
        pass  # what stands already is shown
    return redirect("candidate_room")


@require_POST
@cookie_page
def candidate_withdraw(request: HttpRequest, interview: Interview) -> HttpResponse:
    """The candidate takes the agreement back."""
    withdraw_consent(interview=interview, now=timezone.now())
    return redirect("candidate_room")


def _show_notice(request: HttpRequest, interview: Interview, form: AgreementForm) -> HttpResponse:
    context = {"interview": interview, "notice": notice_for(interview), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "interviews/candidate_notice.html", context, status=status)


def _room_context(interview: Interview) -> dict[str, object]:
    # Only what the candidate may know: no plan, no question to come, no rubric.
    return {
        "interview": interview,
        "is_ai_led": interview.mode == Mode.AI_LED,
        "may_be_recorded": interview.may_record and has_agreed_to_recording(interview),
        "room": {
            "interview": str(interview.id),
            "name": interview.candidate.name,
            "mode": interview.mode,
            "language": interview.language,
            "silence": float(interview.silence_factor),
            "text_only": interview.text_only,
            "recording": interview.recording_agreed,
        },
    }
