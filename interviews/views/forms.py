"""What the forms of several pages share: where a service's faults are shown, and clean text."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from webapi.parsing import is_storable


def report_faults(form: forms.Form, problem: ValidationError) -> None:
    """Shows what a service refused beside the fields it names; what the form lacks stands above it."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, faults in problem.message_dict.items():
        field = name if name in form.fields and name != NON_FIELD_ERRORS else None
        for fault in faults:
            form.add_error(field, fault)


class TextArea(forms.CharField):
    """Several lines; line ends as browsers send them become plain ones."""

    def __init__(self, *, rows: int = 3, **kwargs: object) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)  # type: ignore[arg-type]  # CharField's own

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


def check_storable(text: str) -> None:
    """A validator for text that reaches the database past a form field's own checks."""
    if not is_storable(text):
        raise ValidationError("This text holds characters that cannot be kept.")
