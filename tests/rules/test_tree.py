"""Rules of the house that no compiler knows: what may not stand in the tree, and what must."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {".py", ".md", ".txt", ".in", ".toml", ".yml", ".yaml", ".html", ".css", ".js", ".sh", ""}


NOT_OURS = {"data", "build", "staticfiles", "node_modules", "__pycache__"}
OURS_ALTHOUGH_HIDDEN = {".ci", ".github"}  # other hidden folders are what tools keep


@cache
def ours() -> tuple[Path, ...]:
    """Every file of the project, without asking git, which a bare machine may not have."""

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                hidden = path.name.startswith(".") and path.name not in OURS_ALTHOUGH_HIDDEN
                if path.name not in NOT_OURS and not hidden:
                    yield from walk(path)
            elif path.name not in {".env", ".git"}:
                yield path

    return tuple(walk(ROOT))


def texts() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in ours()
        if path.suffix in TEXTS
    ]


def lines_with(pattern: str, *, among: str = "") -> list[str]:
    found = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if name.startswith(among) and name != "tests/rules/test_tree.py"
        for number, line in enumerate(text.splitlines(), 1)
        if found.search(line)
    ]


def test_no_file_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "core", "misc", "signals"}
    assert not [path for path in ours() if path.stem in drawers or path.parent.name in drawers]


def test_locks_hold_hashes_and_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        if lock.name == "system.txt":
            continue
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"://|--index|--find-links|--extra-index", text), lock


def test_nothing_depends_on_one_machine() -> None:
    assert not lines_with(r"/work/|/root/|/home/\w+/(?!meetmind)|/opt/(pypi|wheels)")


def test_nothing_is_left_for_later() -> None:
    assert not lines_with(r"\b(TODO|FIXME|XXX|HACK)\b")


def test_only_settings_read_the_environment() -> None:
    allowed = {
        "meetmind/environment.py",
        "meetmind/settings.py",
        "meetmind/asgi.py",
        "meetmind/celery.py",
        "meetmind/demo/server.py",  # hands its own on to the processes it starts
    }
    apps = ("meetmind/", "interviews/", "ai_engine/", "scheduler/", "notifications/", "webapi/")
    readers = [
        line
        for line in lines_with(r"os\.environ|os\.getenv")
        if line.startswith(apps) and line.split(":")[0] not in allowed
    ]
    assert not readers


@pytest.mark.parametrize("path", [path for path in ours() if path.suffix == ".md"], ids=str)
def test_every_link_of_the_documentation_resolves(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        elsewhere = "://" in target or target.startswith("mailto:")
        if not elsewhere and not (path.parent / target).exists():
            broken.append(target)
    assert not broken


def test_the_example_of_settings_is_complete() -> None:
    from meetmind.settings import env

    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    only_compose = {"POSTGRES_PASSWORD", "WEB_PORT"}
    assert named - only_compose == set(env.read)


def test_the_readme_names_every_command_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    written = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    targets.remove("help")  # what make says when asked for nothing
    assert not {target for target in targets if f"make {target}" not in written}


def test_every_setting_is_read_by_its_own_name_once() -> None:
    text = (ROOT / "meetmind" / "settings.py").read_text()
    names = re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text)
    assert len(names) == len(set(names))
