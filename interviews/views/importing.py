"""Upload of a finished interview's transcript. What was typed stays when a file is refused."""

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from interviews import access
from interviews.access import Permission
from interviews.importing import ImportedTranscript, ImportRefused, read_transcript
from interviews.models import Candidate, Member, Position
from interviews.services.import_transcript import (
    LARGEST_FILE,
    ImportRequest,
    SpeakerUnclear,
    import_transcript,
)
from interviews.services.keep_candidate import CandidateContent, add_candidate
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import TextArea, report_faults

LONGEST_PASTE = 1_000_000


class ImportForm(forms.Form):
    """Which interview it was, and its words: a file, or pasted text."""

    position = forms.ModelChoiceField(Position.objects.none(), empty_label="Choose a position")
    candidate = forms.ModelChoiceField(
        Candidate.objects.none(), required=False, empty_label="Somebody new"
    )
    candidate_name = forms.CharField(label="Name of somebody new", max_length=120, required=False)
    held_at = forms.DateTimeField(
        label="When it took place",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    file = forms.FileField(
        label="Transcript",
        required=False,
        help_text="WebVTT, SRT, JSON, DOCX or text, up to 20 MB: as Zoom, Teams, Meet and Otter save it.",
        widget=forms.FileInput(
            attrs={"accept": ".vtt,.srt,.json,.docx,.txt,text/*,application/json"}
        ),
    )
    text = TextArea(
        label="Or paste it",
        required=False,
        max_length=LONGEST_PASTE,
        rows=5,
        help_text="One turn a line, such as “Cem: I ran the billing service.”",
    )
    candidate_speaker = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, member: Member, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Form's own
        self.member = member
        days = member.organisation.transcript_days
        self.fields["held_at"].help_text = f"From then on it is kept for {days} days, then erased."
        positions = access.positions(member).filter(closed_at__isnull=True)
        cast("forms.ModelChoiceField[Position]", self.fields["position"]).queryset = positions
        candidates = access.candidates(member).order_by("name")
        cast("forms.ModelChoiceField[Candidate]", self.fields["candidate"]).queryset = candidates

    def clean_file(self) -> "UploadedFile[bytes] | None":
        file = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > LARGEST_FILE:
            megabytes = (file.size or 0) / 1024 / 1024
            raise ValidationError(f"This file has {megabytes:.0f} MB; 20 MB is the most.")
        return cast("UploadedFile[bytes] | None", file)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("file") is None and not cleaned.get("text"):
            self.add_error("file", "Choose a file, or paste the text.")
        if cleaned.get("candidate") is None and not str(cleaned.get("candidate_name", "")).strip():
            self.add_error("candidate_name", "Give the candidate's name, or choose one above.")
        return cleaned


@require_http_methods(["GET", "POST"])
@member_page(Permission.INVITE)
def import_page(request: MemberRequest) -> HttpResponse:
    if request.method == "GET":
        form = ImportForm(member=request.member, initial={"position": request.GET.get("position")})
        return render(request, "interviews/import.html", {"form": form})
    form = ImportForm(request.POST, request.FILES, member=request.member)
    if not form.is_valid():
        return _refuse(request, form)
    try:
        interview_id = _import(form, request.member)
    except ImportRefused as refusal:
        return _refuse(request, form, refusal=refusal)
    except SpeakerUnclear as unclear:
        return _refuse(request, form, unclear=unclear)
    except ValidationError as problem:
        report_faults(form, problem)
        return _refuse(request, form)
    if request.htmx:
        return HttpResponseClientRedirect(f"/interviews/{interview_id}/report/")
    return redirect("report", interview_id)


def _import(form: ImportForm, member: Member) -> object:
    """Raises ImportRefused, SpeakerUnclear, ValidationError; then nothing was kept."""
    with transaction.atomic():
        cleaned = form.cleaned_data
        transcript, file_name = _read(form)
        candidate = cleaned["candidate"] or add_candidate(
            content=CandidateContent(name=cleaned["candidate_name"]), by=member
        )
        wanted = ImportRequest(
            transcript=transcript,
            file_name=file_name,
            position=cleaned["position"],
            candidate=candidate,
            candidate_speaker=cleaned["candidate_speaker"],
            held_at=cleaned["held_at"],
        )
        return import_transcript(request=wanted, by=member, now=timezone.now()).id


def _read(form: ImportForm) -> tuple[ImportedTranscript, str]:
    file = form.cleaned_data["file"]
    if file is None:
        return read_transcript(form.cleaned_data["text"].encode(), "pasted.txt"), "pasted text"
    return read_transcript(file.read(), file.name or ""), file.name or "upload"


def _refuse(
    request: MemberRequest,
    form: ImportForm,
    *,
    refusal: ImportRefused | None = None,
    unclear: SpeakerUnclear | None = None,
) -> HttpResponse:
    """Says what is wrong, or asks who the candidate is; the page keeps its fields and its file."""
    context = {"form": form, "refusal": refusal, "speakers": unclear.speakers if unclear else ()}
    template = "interviews/_import_outcome.html" if request.htmx else "interviews/import.html"
    # A question is no fault: a browser would log one as an error.
    return render(request, template, context, status=200 if unclear else 422)
