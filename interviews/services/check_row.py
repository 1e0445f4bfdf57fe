"""Checks a row before it is stored, by the rules its model states."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Model, TextField


def check_row(row: Model) -> None:
    """Every rule of the model, and the length of its long texts, which Django leaves to forms."""
    faults: dict[str, list[str]] = {}
    try:
        # Rows it points at came through access; asking for each again would cost a query a row.
        relations = {field.name for field in row._meta.concrete_fields if field.is_relation}
        row.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)
    except ValidationError as problem:
        faults = problem.message_dict
    for field in row._meta.concrete_fields:
        if not isinstance(field, TextField) or field.max_length is None:
            continue
        length = len(getattr(row, field.attname) or "")
        if length > field.max_length:
            words = f"This is {length} characters long; at most {field.max_length} can be kept."
            faults.setdefault(field.name, []).append(words)
    if faults:
        raise ValidationError(faults)


def check_rows(rows: Sequence[Model], *, name: str, noun: str) -> None:
    """The same for the rows of a list; a fault names the row's place and field, under `name`."""
    faults = []
    for place, row in enumerate(rows, start=1):
        try:
            check_row(row)
        except ValidationError as problem:
            for field, words in problem.message_dict.items():
                faults += [f"{noun} {place}, {field.replace('_', ' ')}: {word}" for word in words]
    if faults:
        raise ValidationError({name: faults})
