"""The rights of a candidate: a copy of all that is held about them, and erasure with a receipt."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from interviews import access
from interviews.access import Permission
from interviews.exporting import receipt_as_json
from interviews.models import Candidate, ErasureReceipt
from interviews.queries.held_about import interview_ids_of
from interviews.services.erase_candidate import request_erasure
from interviews.services.export_candidate import export_candidate
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults
from interviews.views.lists import read_page


class ErasureForm(forms.Form):
    confirmed_name = forms.CharField(
        max_length=120,
        label="The candidate's name",
        help_text="Type it to confirm. This cannot be undone.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@member_page(Permission.INVITE)
@require_safe
def candidate_export(request: MemberRequest, candidate_id: uuid.UUID) -> HttpResponse:
    row = access.candidate(request.member, candidate_id, to=Permission.INVITE)
    copy = export_candidate(candidate=row, by=request.member, now=timezone.now())
    return json_download(copy, f"candidate-{row.id}.json")


@member_page(Permission.INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
def candidate_erase(request: MemberRequest, candidate_id: uuid.UUID) -> HttpResponse:
    row = access.candidate(request.member, candidate_id, to=Permission.INVITE)
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            receipt = request_erasure(
                candidate=row,
                confirmed_name=form.cleaned_data["confirmed_name"],
                by=request.member,
                now=timezone.now(),
            )
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            messages.success(request, "Everything about this candidate is erased.")
            return redirect("erasure", receipt.id)
    return _ask(request, row, form)


@member_page(Permission.INVITE)
@require_safe
def erasures(request: MemberRequest) -> HttpResponse:
    rows = access.erasure_receipts(request.member)
    page = read_page(request, rows, order=("-erased_at", "-id"))
    return render(request, "interviews/erasures.html", {"page": page})


@member_page(Permission.INVITE)
@require_safe
def erasure(request: MemberRequest, receipt_id: uuid.UUID) -> HttpResponse:
    receipt = access.erasure_receipt(request.member, receipt_id)
    context = {"receipt": receipt, "counts": sorted(receipt.counts.items())}
    return render(request, "interviews/erasure.html", context)


@member_page(Permission.INVITE)
@require_safe
def erasure_download(request: MemberRequest, receipt_id: uuid.UUID) -> HttpResponse:
    receipt = access.erasure_receipt(request.member, receipt_id)
    return json_download(receipt_words(receipt), f"erasure-{receipt.id}.json")


def receipt_words(receipt: ErasureReceipt) -> str:
    return receipt_as_json(
        receipt_id=receipt.id,
        organisation=receipt.organisation.name,
        candidate_id=receipt.candidate_id,
        erased_at=receipt.erased_at,
        asked_by=str(receipt.asked_by.user) if receipt.asked_by else "",
        counts=receipt.counts,
    )


def json_download(text: str, file_name: str) -> HttpResponse:
    """A file to keep: never shown by the browser in our name."""
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _ask(request: MemberRequest, row: Candidate, form: ErasureForm) -> HttpResponse:
    context = {"candidate": row, "form": form, "interview_count": len(interview_ids_of(row))}
    status = 422 if form.is_bound else 200
    return render(request, "interviews/candidate_erase.html", context, status=status)
