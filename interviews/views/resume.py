"""A candidate's résumé: uploaded, read to text, and handed out as a file and nothing else."""

import uuid

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from interviews import access
from interviews.access import Permission
from interviews.queries.people_lists import interviews_of_candidate
from interviews.resume_text import MOST_BYTES, ResumeRefused, read_resume
from interviews.services.keep_candidate import Resume, attach_resume
from interviews.views.doors import MemberRequest, member_page

_SUFFIXES = {"pdf": ".pdf", "docx": ".docx", "text": ".txt"}


class ResumeForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text=f"PDF, DOCX or plain text, up to {MOST_BYTES // 2**20} MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx,.txt"}),
    )


@member_page(Permission.INVITE)
@require_POST
def resume_upload(request: MemberRequest, candidate_id: uuid.UUID) -> HttpResponseBase:
    row = access.candidate(request.member, candidate_id, to=Permission.INVITE)
    form = ResumeForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:  # before its bytes are read into memory
                raise ResumeRefused(f"The file is larger than {MOST_BYTES // 2**20} MB.")
            content = file.read()
            read = read_resume(content)
        except ResumeRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            attach_resume(
                candidate=row,
                resume=Resume(file.name, _SUFFIXES[read.format], content, read.text),
                by=request.member,
            )
            messages.success(request, "The résumé is read and kept.")
            return redirect("candidate", row.id)
    context = {
        "candidate": row,
        "interviews": interviews_of_candidate(request.member, row),
        "may_invite": True,
        "resume_form": form,
    }
    return render(request, "interviews/candidate.html", context, status=422)


@member_page(Permission.SEE)
@require_safe
def candidate_resume(request: MemberRequest, candidate_id: uuid.UUID) -> HttpResponseBase:
    row = access.candidate(request.member, candidate_id)
    if not row.resume_file:
        raise Http404
    # Always as an attachment of no type: what somebody sent us must not run as a page of ours.
    response = FileResponse(
        row.resume_file.open("rb"),
        as_attachment=True,
        filename=row.resume_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
