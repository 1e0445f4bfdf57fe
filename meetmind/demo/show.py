"""One AI-led interview from invitation to scorecard, over public HTTP and WebSocket, with providers that fail."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live

from meetmind.demo.candidate import DemoFailed, ScriptedCandidate
from meetmind.demo.server import DemoServer, running_server
from meetmind.demo.view import DemoView, print_conversation, scorecard_table

DEBRIEF_SECONDS = 60.0
# Gemini answers once, then breaks off in mid-sentence, then is rate-limited; whatever it writes afterwards
# for the debrief holds a quote that nobody said.
GEMINI_SCRIPT = [
    None,
    {"kind": "cut", "after": 12},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
]


async def show(folder: Path, console: Console) -> None:
    """Raises DemoFailed when anything is not as it must be."""
    began = time.monotonic()
    console.print("Starting a server of its own, and three made-up AI providers…")
    with running_server(folder) as server:
        # The demo's finished interview is debriefed first: its calls shall not meet our failures.
        await _debriefed(server, server.seeded["interviews"][1]["id"], lambda _: None)
        server.command_providers(
            provider="gemini", script=GEMINI_SCRIPT, always={"kind": "fabricate"}
        )
        interview = _invite(server)
        view = DemoView(f"{interview['candidate']} for {interview['position']}")
        with Live(view.render(), console=console, screen=console.is_terminal) as live:
            candidate = await _interview(server, interview, view, live)
            await _debrief(server, interview, view, live)
        print_conversation(console, view.said)
        _conclude(server, interview, candidate, console)
    console.print(f"All of it took {time.monotonic() - began:.1f} s.")


def _invite(server: DemoServer) -> dict[str, str]:
    """Adds a candidate, schedules the interview, and takes the link from the recruiter's invitations."""
    candidate = server.ask(
        "POST", "/candidates", {"name": "Mara Voss", "email": "mara@mail.example"}
    )
    position = server.seeded["positions"][0]
    interview = server.ask(
        "POST",
        "/interviews",
        {
            "candidate_id": candidate["id"],
            "position_id": position["id"],
            "minutes": 25,
            "scheduled_at": datetime.now(UTC).isoformat(),
        },
    )
    link = server.ask("GET", f"/invitations/{interview['id']}")["url"]
    return {
        "id": interview["id"],
        "candidate": candidate["name"],
        "position": position["title"],
        "link": link,
    }


async def _interview(
    server: DemoServer, interview: dict[str, str], view: DemoView, live: Live
) -> ScriptedCandidate:
    candidate = ScriptedCandidate(
        interview["link"],
        interview["id"],
        heard=view.hear,
        moved=lambda to: setattr(view, "state", to),
    )
    async with asyncio.TaskGroup() as tasks:
        watcher = tasks.create_task(_watch(server, view, live))
        await candidate.attend()
        watcher.cancel()
    return candidate


async def _watch(server: DemoServer, view: DemoView, live: Live) -> None:
    with suppress(asyncio.CancelledError):
        while True:
            view.calls = (await asyncio.to_thread(server.command_providers))["calls"]
            live.update(view.render())
            await asyncio.sleep(0.25)


async def _debrief(
    server: DemoServer, interview: dict[str, str], view: DemoView, live: Live
) -> None:
    def look(steps: dict[str, str]) -> None:
        view.steps = steps
        live.update(view.render())

    await _debriefed(server, interview["id"], look)
    view.calls = server.command_providers()["calls"]
    live.update(view.render())


async def _debriefed(
    server: DemoServer, interview_id: str, look: Callable[[dict[str, str]], None]
) -> None:
    """Waits until every job of an interview's debrief is over. Raises DemoFailed."""
    until = time.monotonic() + DEBRIEF_SECONDS
    steps: dict[str, str] = {}
    while time.monotonic() < until:
        found = await asyncio.to_thread(server.ask, "GET", f"/interviews/{interview_id}/debriefs/0")
        steps = found["steps"]
        look(steps)
        if found["status"] == "ready" and set(steps.values()) <= {"done", "cancelled"}:
            return
        if found["status"] in {"partial", "failed"}:
            raise DemoFailed(f"the debrief is {found['status']}: {steps}")
        await asyncio.sleep(0.25)
    raise DemoFailed(f"the debrief did not come: {steps}")


def _conclude(
    server: DemoServer, interview: dict[str, str], candidate: ScriptedCandidate, console: Console
) -> None:
    """Submits the recruiter's own scorecard, which uncovers the draft, and checks what the demo promises."""
    path = f"/interviews/{interview['id']}"
    mine = server.ask("GET", f"{path}/reviews/mine")
    server.ask(
        "POST",
        f"{path}/reviews/mine/submit",
        {
            "revision": mine["revision"],
            "overall": "yes",
            "note": "Read the transcript.",
            "levels": [],
        },
    )
    scorecard = server.ask("GET", f"{path}/scorecard")
    console.print(scorecard_table(scorecard))
    dropped: int = scorecard["provenance"]["dropped_claims"]
    failed = [
        call for call in server.command_providers()["calls"] if call["fault"] in {"cut", "status"}
    ]
    console.print(
        f"{len(failed)} calls failed and were answered by the next provider; "
        f"{candidate.withdrawn} half-asked question(s) were withdrawn and asked anew.\n"
        f"{dropped} quote(s) that nobody said were dropped from the scorecard."
    )
    if not (failed and dropped and candidate.withdrawn):
        raise DemoFailed("the failures that were ordered did not happen")
    console.print(
        f"Report: {server.url}/interviews/{interview['id']}/report/\n"
        f"To read it: DATA_DIR={server.folder} PORT={server.url.rpartition(':')[2]} make run, then sign in as "
        f"{server.seeded['members'][0]['email']} with {server.seeded['members'][0]['password']}"
    )
