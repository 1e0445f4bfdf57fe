"""What may be typed into the dashboard."""

from django import forms

from scheduler.states import JobState


class JobFilter(forms.Form):
    """Which jobs to list."""

    state = forms.ChoiceField(choices=[("", "Any state"), *JobState.choices], required=False)
    kind = forms.CharField(max_length=100, required=False)
    workflow = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class DemoForm(forms.Form):
    """The shape of a workflow to watch."""

    depth = forms.IntegerField(min_value=1, max_value=20, initial=4, help_text="Steps in a row.")
    width = forms.IntegerField(
        min_value=1, max_value=50, initial=5, help_text="Steps beside one another."
    )
    failure_rate = forms.FloatField(
        min_value=0, max_value=1, initial=0.2, help_text="Of each attempt, from 0 to 1."
    )
    seconds = forms.FloatField(
        min_value=0, max_value=30, initial=0.5, help_text="How long a step works."
    )
    keeps_going = forms.BooleanField(
        required=False,
        label="Go on after a dead step",
        help_text="Children wait for parents to end, however.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300)


class PayloadForm(forms.Form):
    payload = forms.JSONField(widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}))

    def clean_payload(self) -> dict[str, object]:
        payload = self.cleaned_data["payload"]
        if not isinstance(payload, dict):
            raise forms.ValidationError("Give a JSON object.")
        return payload
