"""Changes the settings of an organisation."""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from interviews.models import Member, Organisation
from interviews.services.record_audit import record_audit
from interviews.states import AiDraftVisibility


@dataclass(frozen=True, slots=True)
class OrganisationSettings:
    name: str
    language: str
    ai_draft_visibility: AiDraftVisibility
    alternative_contact: str
    transcript_days: int
    recording_days: int
    ai_providers_off: tuple[str, ...]


def settings_of(organisation: Organisation) -> OrganisationSettings:
    return OrganisationSettings(
        name=organisation.name,
        language=organisation.language,
        ai_draft_visibility=AiDraftVisibility(organisation.ai_draft_visibility),
        alternative_contact=organisation.alternative_contact,
        transcript_days=organisation.transcript_days,
        recording_days=organisation.recording_days,
        ai_providers_off=tuple(organisation.ai_providers_off),
    )


def change_organisation(
    *, wanted: OrganisationSettings, known_providers: Collection[str], by: Member
) -> Organisation:
    """Raises ValidationError."""
    unknown = set(wanted.ai_providers_off) - set(known_providers)
    if unknown:
        raise ValidationError({"ai_providers_off": "This is not the name of an AI provider."})
    for name in ("transcript_days", "recording_days"):
        if not 1 <= getattr(wanted, name) <= 3650:
            raise ValidationError({name: "Give 1 to 3650 days."})
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=by.organisation_id)
        before = settings_of(organisation)
        organisation.name = wanted.name.strip()
        organisation.language = wanted.language
        organisation.ai_draft_visibility = wanted.ai_draft_visibility
        organisation.alternative_contact = wanted.alternative_contact
        organisation.transcript_days = wanted.transcript_days
        organisation.recording_days = wanted.recording_days
        organisation.ai_providers_off = sorted(wanted.ai_providers_off)
        organisation.full_clean()
        organisation.save()
        record_audit(
            organisation=organisation,
            action="organisation.changed",
            subject_kind="organisation",
            subject_id=organisation.id,
            member=by,
            detail={"fields": _changed(before, settings_of(organisation))},
        )
    return organisation


def _changed(before: OrganisationSettings, after: OrganisationSettings) -> list[str]:
    names = OrganisationSettings.__slots__
    return [name for name in names if getattr(before, name) != getattr(after, name)]
