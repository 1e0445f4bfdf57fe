"""Sound is cut into segments where somebody pauses."""

import pytest
from playwright.sync_api import Browser

from tests.pages.scripts import a_page

pytestmark = pytest.mark.browser


def test_a_voice_becomes_segments_with_its_first_sound_and_a_cough_is_not_sustained(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        told = page.evaluate(
            """async () => {
              const { SpeechSegments } = await import("/static/js/lib/speech_segments.js");
              const told = [];
              let id = 0;
              const segments = new SpeechSegments({ newId: () => `s${++id}`, on: {
                voice: (id) => told.push(`voice ${id}`),
                sustained: (id) => told.push(`sustained ${id}`),
                segment: (id, frames) => told.push(`${id} of ${frames.length}`),
              } });
              const push = (count, level) => { for (let i = 0; i < count; i += 1) segments.push(new Int16Array(1), level); };
              push(10, 0.001); push(1, 0.3); push(8, 0.001); // a cough
              push(5, 0.3); push(3, 0.001); push(5, 0.3); push(7, 0.001); // one sentence with a short pause
              push(4, 0.3); segments.flush(); // done in mid-word
              return told;
            }"""
        )
        assert told == [
            *("voice s1", "s1 of 11"),
            *("voice s2", "sustained s2", "sustained s2", "s2 of 21"),
            *("voice s3", "sustained s3", "s3 of 4"),
        ]


def test_a_long_answer_is_cut_without_a_gap_and_signalled_all_along(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        frames, voices = page.evaluate(
            """async () => {
              const { SpeechSegments } = await import("/static/js/lib/speech_segments.js");
              let frames = 0; let voices = 0;
              const segments = new SpeechSegments({ on: { voice: () => (voices += 1), segment: (_, all) => (frames += all.length) } });
              for (let i = 0; i < 650; i += 1) segments.push(new Int16Array(1), 0.3);
              segments.flush();
              return [frames, voices];
            }"""
        )
        assert frames == 650
        assert voices >= 650 // 30
