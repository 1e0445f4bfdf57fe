"""Run inside a stack's environment: makes rooms for tests that break things, and prints their keys as JSON.

So many of each state in each mode; both are separated by commas. A scheduled one waits for the candidate's agreement.
"""

import json
import os
import sys
from itertools import product

import django


def main(count: int, states: str, modes: str = "ai_led") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")
    django.setup()

    from django.http import HttpResponse
    from django.utils import timezone

    from interviews import candidate_link
    from interviews.states import ConsentState, Mode
    from tests.cast import make_cast, make_interview, make_plan
    from webapi.tokens import issue_token

    cast = make_cast()
    plan = make_plan(cast.acme)
    now = timezone.now()
    rooms = []
    wanted = product(modes.split(","), states.split(","), range(count))
    for mode, state, _ in wanted:
        interview = make_interview(cast, plan=plan, mode=Mode(mode), now=now)
        interview.state = state
        if state != "scheduled":
            interview.consent = ConsentState.GIVEN
        interview.started_at = interview.live_since = now if state == "live" else None
        if state == "live":
            interview.leading_member = cast.rita  # nobody asks: these rooms only carry words
        interview.save()
        response = HttpResponse()
        candidate_link.set_cookie(response, interview)
        name = candidate_link.cookie_name()
        cookie = f"{name}={response.cookies[name].value}"
        link = candidate_link.join_url(interview)
        rooms.append({"id": str(interview.id), "cookie": cookie, "link": link, "mode": mode})
    token = issue_token(user=cast.rita.user, name="test").secret
    sys.stdout.write(json.dumps({"rooms": rooms, "token": token}))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
