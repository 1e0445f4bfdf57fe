"""A member's own API tokens. A new one is shown once, on the page that answers its making."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from interviews.access import Permission
from interviews.services.keep_api_tokens import end_token, make_token, tokens_of
from interviews.views.doors import MemberRequest, member_page
from interviews.views.lists import read_page

FOR_EVER = "0"
LASTS = ((FOR_EVER, "until it is ended"), ("30", "30 days"), ("365", "a year"))


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=100, label="What it is for", help_text="For example: import from our ATS"
    )
    days = forms.ChoiceField(choices=LASTS, label="How long it works")


@member_page(Permission.SEE)
@never_cache  # a new token stands in the answer
@require_http_methods(["GET", "HEAD", "POST"])
def api_tokens(request: MemberRequest) -> HttpResponse:
    """A POST makes a token, or ends the one it names."""
    if request.POST.get("end"):
        return _end(request)
    form = TokenForm(request.POST or None)
    issued = None
    if request.method == "POST" and form.is_valid():
        days = int(form.cleaned_data["days"])
        issued = make_token(
            member=request.member,
            name=form.cleaned_data["name"],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        form = TokenForm()
    tokens = tokens_of(request.member, now=timezone.now())
    context = {
        "form": form,
        "issued": issued,
        "page": read_page(request, tokens, order=("-created_at", "-id")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "interviews/api_tokens.html", context, status=status)


def _end(request: MemberRequest) -> HttpResponse:
    wanted = request.POST["end"]
    tokens = tokens_of(request.member, now=timezone.now())
    token = tokens.filter(pk=int(wanted)).first() if _is_id(wanted) else None
    if token is None:
        raise Http404
    end_token(token=token, member=request.member)
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("api_tokens")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
