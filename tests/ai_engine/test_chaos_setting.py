import pytest
from pytest_django import Settings

from ai_engine.checks import check_chaos


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gemini:overloaded=0.5;groq:cut_off=1", ""),
        ("gemini:sulking=1", "'sulking' is not one of"),
        ("nobody:cut_off=1", "names nobody"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(
    text: str, said: str, settings: Settings
) -> None:
    settings.AI_CHAOS = text
    assert [error.msg for error in check_chaos() if said not in error.msg] == []
    assert bool(check_chaos()) == bool(said)
