import pytest

from ai_engine.languages import seems_other_than

GERMAN = "Wir haben das System mit drei Personen gebaut und es ist für die Kunden sehr schnell."
ENGLISH = "We built the system with three people and it is very fast for the customers that use it."
SPANISH = "Bienvenido a esta entrevista. Hoy hablaremos de tu trabajo, de tus proyectos y de cómo resuelves problemas."
ITALIAN = "Buongiorno e benvenuta. Oggi parleremo a lungo di progetti, team e risultati."
PORTUGUESE = "Hoje falaremos de projetos, de equipes e de desafios de engenharia."
UKRAINIAN = "Розкажіть, будь ласка, про систему, яку ви створили, і про те, як ви її перевіряли."


@pytest.mark.parametrize(
    ("language", "text", "other"),
    [
        ("en", ENGLISH, False), ("de", GERMAN, False), ("en", GERMAN, True), ("de", ENGLISH, True),
        ("en", UKRAINIAN, True), ("uk", UKRAINIAN, False), ("uk", ENGLISH, True),
        ("en-GB", ENGLISH, False),
        ("es", SPANISH, False), ("it", ITALIAN, False), ("pt", PORTUGUESE, False), ("en", SPANISH, True),
        ("en", "Django, PostgreSQL, Redis", False), ("xx", ENGLISH, False),
    ],
)  # fmt: skip
def test_only_a_clear_case_is_called_another_language(
    language: str, text: str, other: bool
) -> None:
    assert seems_other_than(language, text) is other


def test_a_short_question_in_another_script_is_clear_enough() -> None:
    assert seems_other_than("en", "Яка була ваша особиста частка?")
    assert not seems_other_than("tr", "Ağır yükü nasıl ölçtünüz, şimdi söyler misiniz?")
