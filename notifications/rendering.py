"""Turns a letter into a message: subject, text, HTML, and an .ics where a time is meant."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string

from notifications.kinds import Appointment, EmailKind, Letter, all_kinds

TEMPLATES = ("subject.txt", "body.txt", "body.html")
SCOPE_HEADER = "X-MeetMind-Scope"


def render(
    kind: EmailKind, letter: Letter, *, message_id: str, scope: str, now: datetime
) -> EmailMultiAlternatives:
    """The message as it goes out. `message_id` is without angle brackets and stays the same on a retry."""
    words = {**letter.words, "to_name": letter.to_name, "public_url": settings.PUBLIC_URL}
    subject = render_to_string(f"notifications/{kind.name}/subject.txt", words)
    message = EmailMultiAlternatives(
        subject=_one_line(subject),
        body=render_to_string(f"notifications/{kind.name}/body.txt", words),
        to=[_address_header(letter.to_name, letter.to_address)],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={
            "Message-ID": f"<{message_id}>",
            "Auto-Submitted": "auto-generated",
            SCOPE_HEADER: scope,
        },
    )
    html = render_to_string(f"notifications/{kind.name}/body.html", words)
    message.attach_alternative(html, "text/html")
    if letter.appointment:
        method = "CANCEL" if letter.appointment.cancelled else "REQUEST"
        message.attach(
            "interview.ics",
            calendar_file(letter.appointment, letter.to_address, now=now).decode(),
            f"text/calendar; method={method}",
        )
    return message


def calendar_file(appointment: Appointment, attendee: str, *, now: datetime) -> bytes:
    """An iCalendar object (RFC 5545, iTIP method of RFC 5546), times in UTC."""
    # Here, because it is slow to load and only jobs that write invitations need it.
    from icalendar import Calendar, Event, vCalAddress, vText

    calendar = Calendar()
    calendar.add("prodid", "-//MeetMind//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if appointment.cancelled else "REQUEST")
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", _one_line(appointment.title))
    event.add("description", appointment.description)
    event.add("url", appointment.url)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    organiser = vCalAddress(f"MAILTO:{_bare_address(settings.DEFAULT_FROM_EMAIL)}")
    organiser.params["cn"] = vText("MeetMind")
    event.add("organizer", organiser)
    guest = vCalAddress(f"MAILTO:{_one_line(attendee)}")
    guest.params["rsvp"] = vText("TRUE")
    event.add("attendee", guest)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def check_templates(*, app_configs: Sequence[Any] | None, **_: object) -> list[checks.CheckMessage]:
    """Every registered kind has its three templates."""
    problems: list[checks.CheckMessage] = []
    for kind in all_kinds():
        for name in TEMPLATES:
            path = f"notifications/{kind.name}/{name}"
            try:
                get_template(path)
            except TemplateDoesNotExist:
                problems.append(
                    checks.Error(
                        f"The email kind {kind.name} lacks {path}.", id="notifications.E001"
                    )
                )
    return problems


def _address_header(name: str, address: str) -> str:
    """`Name <address>` with the name quoted as it must be; a name can never add a header or an address."""
    return str(Address(display_name=_one_line(name), addr_spec=_one_line(address)))


def _bare_address(header: str) -> str:
    return header.rpartition("<")[2].rstrip(">")


def _one_line(text: str) -> str:
    """A header has one line: what an outsider wrote cannot begin a second one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
