"""The settings of an organisation."""

from django import forms
from django.conf import settings as installation
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from interviews.access import Permission
from interviews.models import Organisation
from interviews.queries.ai_figures import provider_title
from interviews.services.change_organisation import OrganisationSettings, change_organisation
from interviews.states import AiDraftVisibility
from interviews.views.doors import MemberRequest, member_page
from interviews.views.forms import report_faults


class SettingsForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name of the organisation")
    ai_draft_visibility = forms.ChoiceField(
        choices=AiDraftVisibility.choices,
        widget=forms.RadioSelect,
        label="When reviewers see the AI's scorecard",
        help_text="Seen too early, a draft leads the judgement it should only support.",
    )
    alternative_contact = forms.EmailField(
        required=False,
        max_length=254,
        label="Contact for an interview with a person",
        help_text="Offered to every candidate before the interview, beside the consent.",
    )
    transcript_days = forms.IntegerField(
        min_value=1, max_value=3650, label="Keep transcripts and reports (days)"
    )
    recording_days = forms.IntegerField(min_value=1, max_value=3650, label="Keep recordings (days)")
    ai_providers_off = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="AI providers that must not receive anything",
        help_text="Ticked ones are never asked for this organisation.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments
        off = self.fields["ai_providers_off"]
        assert isinstance(off, forms.MultipleChoiceField)
        off.choices = [(name, provider_title(name)) for name in provider_names()]

    def wanted(self, language: str) -> OrganisationSettings:
        cleaned = self.cleaned_data
        return OrganisationSettings(
            name=cleaned["name"],
            language=language,
            ai_draft_visibility=AiDraftVisibility(cleaned["ai_draft_visibility"]),
            alternative_contact=cleaned["alternative_contact"],
            transcript_days=cleaned["transcript_days"],
            recording_days=cleaned["recording_days"],
            ai_providers_off=tuple(cleaned["ai_providers_off"]),
        )


def provider_names() -> tuple[str, ...]:
    return tuple(installation.AI_PROVIDER_SETTINGS)


@member_page(Permission.MANAGE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    organisation = Organisation.objects.get(id=request.member.organisation_id)
    if request.method != "POST":
        values = {name: getattr(organisation, name) for name in SettingsForm.base_fields}
        return render(request, "interviews/settings.html", {"form": SettingsForm(initial=values)})
    form = SettingsForm(request.POST)
    if form.is_valid():
        try:
            change_organisation(
                wanted=form.wanted(organisation.language),
                known_providers=provider_names(),
                by=request.member,
            )
        except ValidationError as problem:
            report_faults(form, problem)
        else:
            messages.success(request, "The settings are saved.")
            return redirect("settings")
    return render(request, "interviews/settings.html", {"form": form}, status=422)
