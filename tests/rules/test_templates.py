"""What no template, script or style sheet of ours may contain, and that pages, styles and scripts pair up.

The content security policy would refuse most of it in the browser; here it is refused with a line number.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
STYLES = sorted((ROOT / "static/css").rglob("*.css"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that must not occur, why, and a line that it must catch."""

    reason: str
    pattern: str
    caught: str
    spared: str = ""  # paths that begin so may do it: there is a reason in the rule's comment
    in_tags: bool = False  # also inside {% … %}, whose own arguments are no attributes


# Mail programs know no style sheets, so mail (and nothing else) styles its elements inline.
MAIL = "templates/notifications/"
TEMPLATE_RULES = (
    Rule("inline style", r"""\sstyle\s*=""", '<p style="color: red">', MAIL),
    Rule("style element", r"<style\b", "<style>p { color: red }</style>"),
    Rule(
        "inline script",
        r"""<script\b(?![^>]*\bsrc=)(?![^>]*type="application/json")""",
        "<script>alert(1)</script>",
    ),
    Rule("event attribute", r"""<[^>]*\son[a-z]+\s*=""", '<a href="/" onclick="go()">'),
    Rule("htmx event attribute (needs eval)", r"\shx-on", '<p hx-on:click="go()">'),
    Rule("htmx script value (needs eval)", r"""\shx-\w+=["']js:""", """<p hx-vals='js:{a: 1}'>"""),
    Rule(
        "htmx trigger filter (needs eval)",
        r"""\shx-trigger="[^"]*\[""",
        '<p hx-trigger="click[ctrlKey]">',
    ),
    Rule("script address", r"javascript:", '<a href="javascript:go()">'),
    Rule(
        "text taken for HTML",
        r"\|\s*safe(seq)?\b|autoescape\s+off",
        "{{ answer|safe }}",
        in_tags=True,
    ),
    Rule(
        "something from another host",
        r"""(?:src|href|action|srcset|content)\s*=\s*["'](?:https?:)?//""",
        '<img src="https://cdn.example/x.png">',
    ),
)
SCRIPT_RULES = (
    Rule(
        "text taken for HTML",
        # As a property only: "innerHTML" is also the name of a htmx swap of what the server rendered.
        r"""[.?]\s*(?:inner|outer)HTML\b|\[\s*["'](?:inner|outer)HTML"""
        r"""|\b(?:insertAdjacentHTML|createContextualFragment|DOMParser)\b|document\.write""",
        "element.innerHTML = words;",
    ),
    Rule("code from text", r"\beval\s*\(|new Function\b", "eval(words)"),
    Rule("inline style", r"""setAttribute\(\s*["']style""", 'e.setAttribute("style", "x")'),
    Rule(
        "something from another host",
        r"""["'`](?:https?|wss?)://(?!www\.w3\.org/)[a-z]""",
        'fetch("https://cdn.example")',
    ),
)
COLOUR = r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\("
STYLE_RULES = (
    Rule("something from elsewhere", r"@import|url\(\s*[\"']?(?:https?:)?//", "@import 'x.css';"),
    # Only tokens know colours; elsewhere the dark page would keep a light one. A QR code is the
    # exception, and says so where it stands.
    Rule("raw colour", COLOUR, "p { color: #ff0000; }", "static/css/tokens"),
)
ALLOWED_LINES = {"background: #fff; /* in the dark too: a scanner needs black on white */"}
TAG = re.compile(r"{%.*?%}", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}|/\*.*?\*/", re.DOTALL)


def faults_of(text: str, rules: tuple[Rule, ...], name: str) -> list[str]:
    """One line for each breach, with file and line number."""
    # Comments may name what is forbidden. Line breaks stay, so that line numbers hold.
    source = COMMENT.sub(_only_line_breaks, text)
    markup = TAG.sub(_only_line_breaks, source)
    return [
        f"{name}:{source.count(chr(10), 0, breach.start()) + 1} {rule.reason}: {breach.group().strip()}"
        for rule in rules
        if not (rule.spared and name.startswith(rule.spared))
        for breach in re.finditer(rule.pattern, source if rule.in_tags else markup)
    ]


def _only_line_breaks(found: re.Match[str]) -> str:
    return "".join("\n" if letter == "\n" else " " for letter in found.group())


def _faults_of_files(files: list[Path], rules: tuple[Rule, ...]) -> list[str]:
    assert files
    faults: list[str] = []
    for file in files:
        text = "\n".join(
            "" if line.strip() in ALLOWED_LINES else line
            for line in file.read_text(encoding="utf-8").splitlines()
        )
        faults += faults_of(text, rules, str(file.relative_to(ROOT)))
    return faults


@pytest.mark.parametrize(
    "rule", [*TEMPLATE_RULES, *SCRIPT_RULES, *STYLE_RULES], ids=lambda rule: rule.reason
)
def test_each_rule_catches_what_it_is_for(rule: Rule) -> None:
    """A rule that catches nothing would let everything pass, silently."""
    assert faults_of(rule.caught, (rule,), "example.html")


def test_templates_hold_nothing_that_the_policy_forbids() -> None:
    assert _faults_of_files(TEMPLATES, TEMPLATE_RULES) == []


def test_scripts_never_turn_text_into_html_or_code() -> None:
    assert _faults_of_files(SCRIPTS, SCRIPT_RULES) == []


def test_style_sheets_name_colours_in_the_tokens_only() -> None:
    assert _faults_of_files(STYLES, STYLE_RULES) == []


def test_every_template_compiles() -> None:
    assert engines["django"]
    for template in TEMPLATES:
        get_template(str(template.relative_to(ROOT / "templates")))


@pytest.mark.parametrize(("folder", "ending"), [("css", "css"), ("js", "js")])
def test_every_page_style_and_script_belongs_to_a_template_of_its_name(
    folder: str, ending: str
) -> None:
    """`static/js/pages/report.js` is loaded by a `report.html`: whoever opens one finds the other."""
    for file in sorted((ROOT / f"static/{folder}/pages").glob(f"*.{ending}")):
        pages = [page for page in TEMPLATES if page.stem == file.stem]
        assert pages, f"{file.name} has no template of its name"
        loads = f"{folder}/pages/{file.name}"
        assert any(loads in page.read_text(encoding="utf-8") for page in pages), (
            f"{pages[0].name} does not load {loads}"
        )


STATIC = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")
IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")


def test_every_static_file_that_is_named_exists() -> None:
    """A misspelt address is a 404 in a checkout and a 500 under hashed names."""
    ours = {
        name
        for template in TEMPLATES
        for name in STATIC.findall(template.read_text(encoding="utf-8"))
        if not name.startswith("ninja/")  # the API's documentation comes with its package
    }
    missing = [name for name in sorted(ours) if not (ROOT / "static" / name).is_file()]
    imports = [
        f"{script.relative_to(ROOT)} imports {name}"
        for script in SCRIPTS
        for name in IMPORT.findall(script.read_text(encoding="utf-8"))
        if not (script.parent / name).resolve().is_file()
    ]
    assert missing + imports == []


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        name
        for template in TEMPLATES
        for name in re.findall(
            r'components/icon\.html"\s+with\s+name="([^"]+)"', template.read_text(encoding="utf-8")
        )
    } | {
        name
        for script in SCRIPTS
        for name in re.findall(r"\bicon\(\"([^\"]+)\"\)", script.read_text(encoding="utf-8"))
    }
    assert named <= drawn
