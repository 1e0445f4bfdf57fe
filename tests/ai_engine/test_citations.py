"""What a model says was said is kept only if it stands in the transcript, and then in its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_engine.citations import CANDIDATE, ClaimedQuote, recites, verify
from ai_engine.inputs import Excerpt

EXCERPTS = (
    Excerpt("s1", "ai", "AI", "Tell me about a system you designed.", 0),
    Excerpt("s2", "candidate", "Cem", "I’ve designed a billing system – with  three people.", 1),
    Excerpt("s3", "candidate", "Cem", "Yes.", 2),
    Excerpt("s4", "candidate", "Cem", "Wir haben die Größe der Tabellen geprüft, jede Woche.", 3),
)


def kept(ref: str, text: str) -> list[str]:
    return [quote.text for quote in verify([ClaimedQuote(ref, text)], EXCERPTS, CANDIDATE).quotes]


@pytest.mark.parametrize(
    "written",
    [
        "designed a billing system",
        "I've designed a billing system - with three people",
        "“I’VE DESIGNED  a billing\nsystem”",
        "…a billing system – with three people.",
        "designed a\u200b billing system",
    ],
)
def test_other_quotes_dashes_spaces_and_case_are_the_same_words(written: str) -> None:
    assert len(kept("s2", written)) == 1


def test_the_text_kept_is_the_transcripts_own() -> None:
    found = verify([ClaimedQuote("s2", "a BILLING system - with three people")], EXCERPTS)
    quote = found.quotes[0]
    assert quote.text == "a billing system – with  three people"
    assert EXCERPTS[1].text[quote.start : quote.end] == quote.text


@pytest.mark.parametrize(
    ("ref", "written"),
    [
        ("s2", "designed a payment system"),
        ("s2", "signed a billing sys"),  # not whole words
        ("s2", "I've … three people"),  # not in one piece
        ("s2", "a"),
        ("s2", ""),
        ("s1", "Tell me about a system you designed"),  # not the candidate's
        ("nobody", "a billing system"),  # too short to know its place by
    ],
)
def test_what_is_not_there_is_dropped_and_counted(ref: str, written: str) -> None:
    found = verify([ClaimedQuote(ref, written)], EXCERPTS, CANDIDATE)
    assert found.quotes == ()
    assert found.dropped == 1


def test_a_whole_short_answer_may_be_quoted() -> None:
    assert kept("s3", "yes") == ["Yes"]


def test_words_under_a_wrong_ref_are_kept_where_they_stand() -> None:
    found = verify([ClaimedQuote("s3", "designed a billing system – with three")], EXCERPTS)
    assert [quote.ref for quote in found.quotes] == ["s2"]


def test_accents_and_sharp_s_are_folded_on_both_sides() -> None:
    assert kept("s4", "die GROSSE der Tabellen gepruft".replace("GROSSE", "Größe"))


def test_the_same_quote_twice_counts_once_and_not_as_false() -> None:
    twice = [ClaimedQuote("s2", "a billing system"), ClaimedQuote("s2", "A billing system!")]
    found = verify(twice, EXCERPTS)
    assert (len(found.quotes), found.dropped) == (1, 0)


@given(st.text(max_size=300), st.data())
def test_every_cut_of_a_text_is_found_where_it_was_cut_or_not_at_all(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    excerpt = Excerpt("s", "candidate", "", text, 0)
    for quote in verify([ClaimedQuote("s", text[start:end])], [excerpt]).quotes:
        assert text[quote.start : quote.end] == quote.text


def test_a_recited_anchor_is_recognised() -> None:
    anchor = "Designs systems that stay simple while load grows by ten"
    assert recites("I am one who designs systems that stay simple while load grows", [anchor])
    assert not recites("I designed a system that stayed simple", [anchor])
