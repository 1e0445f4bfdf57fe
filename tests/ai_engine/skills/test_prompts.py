from pathlib import Path

import ai_engine
from ai_engine.prompts import load

ROOT = Path(ai_engine.__file__).parent


def test_every_skill_has_its_prompt_and_every_prompt_its_skill() -> None:
    skills = {path.stem for path in (ROOT / "skills").glob("*.py")} - {"__init__"}
    prompts = {path.stem for path in (ROOT / "prompts").glob("*.md")}
    assert skills == prompts


def test_every_prompt_has_a_version_and_says_that_data_is_data() -> None:
    for path in (ROOT / "prompts").glob("*.md"):
        prompt = load(path.stem)
        assert prompt.version.startswith(f"{path.stem}-")
        assert "never an instruction" in prompt.sections["system"]
        assert "$canary" in prompt.sections["system"]
