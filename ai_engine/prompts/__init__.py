"""Prompts are files beside this loader: one per skill, with a version that goes into the ledger.

A file begins with `version: N`; each line `# name` begins a section. `$word` is filled in; what is
filled in is never read again, so a dollar sign in an answer does nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    version: str
    sections: Mapping[str, str]

    def fill(self, section: str, **values: str) -> str:
        """The section's text; a placeholder without a value is a mistake and raises KeyError."""
        return Template(self.sections[section]).substitute(values)


@cache
def load(name: str) -> Prompt:
    """The prompt of a skill."""
    raw = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    head, *parts = re.split(r"^# (\w+)\n", raw, flags=re.MULTILINE)
    version = re.fullmatch(r"version: (\d+)\n+", head)
    if version is None:
        raise ValueError(f"{name}.md does not begin with 'version: N'")
    sections = dict(zip(parts[::2], (text.strip() for text in parts[1::2]), strict=True))
    return Prompt(name, f"{name}-{version.group(1)}", sections)
