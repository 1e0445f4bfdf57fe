"""What the demo shows while it runs: the conversation, the calls to AI providers, the jobs, the scorecard."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

_VOICES = {"ai": "bold cyan", "candidate": "green", "note": "italic yellow"}
_NAMES = {"ai": "AI", "candidate": "Candidate", "note": "Note"}
_STATES = {"done": "green", "running": "yellow", "dead": "bold red", "cancelled": "dim"}


@dataclass
class DemoView:
    """Collects what happened; `render` draws it anew."""

    title: str
    state: str = "invited"
    said: list[tuple[str, str]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[str, str] = field(default_factory=dict)

    def hear(self, speaker: str, words: str) -> None:
        self.said.append((speaker, words))

    def render(self) -> Layout:
        page = Layout()
        page.split_row(Layout(name="talk", ratio=3), Layout(name="side", ratio=2))
        page["talk"].update(Panel(self._conversation(), title=f"{self.title} · {self.state}"))
        page["side"].split_column(
            Layout(Panel(self._calls(), title="Calls to AI providers")),
            Layout(Panel(self._jobs(), title="Jobs"), size=9),
        )
        return page

    def _conversation(self) -> Group:
        return Group(*(_line(speaker, words) for speaker, words in self.said[-8:]))

    def _calls(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for call in self.calls[-14:]:
            fault = call["fault"]
            outcome = (
                Text(f"fails on purpose: {fault}", "red") if fault else Text("answers", "green")
            )
            table.add_row(call["provider"], call["operation"], outcome)
        return table

    def _jobs(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, state in self.steps.items():
            table.add_row(name, Text(state, _STATES.get(state, "")))
        return table


def print_conversation(console: Console, said: Sequence[tuple[str, str]]) -> None:
    for speaker, words in said:
        console.print(_line(speaker, words))


def scorecard_table(scorecard: dict[str, Any]) -> Table:
    """The AI's draft: a level, its reason, and the checked words that carry it."""
    table = Table(title="Scorecard, drafted by the AI (a person decides)", show_lines=True)
    table.add_column("Competency")
    table.add_column("Level", justify="center")
    table.add_column("Checked words of the candidate")
    for row in scorecard["levels"]:
        level = str(row["level"]) if row["level"] else row["status"].replace("_", " ")
        quotes = "\n".join(f"“{quote['text']}”" for quote in row["evidence"]) or "none"
        table.add_row(row["competency"], level, quotes)
    return table


def _line(speaker: str, words: str) -> Text:
    line = Text(f"{_NAMES[speaker]}: ", _VOICES[speaker])
    line.append(words, "" if speaker != "note" else "italic")
    return line
