"""Sound of any rate becomes 16 kHz, as what writes it down wants it."""

import pytest
from playwright.sync_api import Browser

from tests.pages.scripts import a_page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_sound_above_what_16_khz_can_hold_does_not_come_back_as_another_tone(
    browser: Browser, address: str, rate: int
) -> None:
    with a_page(browser, address) as page:
        loudness = page.evaluate(
            """async (rate) => {
              const { To16kHz } = await import("/static/js/lib/to_16khz.js");
              return [200, 1000, 6000, 9000, 12000].map((tone) => {
                const down = new To16kHz(rate);
                const out = [];
                for (let block = 0; block < rate / 128; block += 1) {
                  out.push(...down.push(Float32Array.from({ length: 128 }, (_, i) => Math.sin((2 * Math.PI * tone * (block * 128 + i)) / rate))));
                }
                const steady = out.slice(1000);
                return [Math.sqrt(2 * steady.reduce((sum, one) => sum + one * one, 0) / steady.length), out.length];
              });
            }""",
            rate,
        )
        kept, gone = [one for one, _ in loudness[:3]], [one for one, _ in loudness[3:]]
        assert kept == pytest.approx([1, 1, 1], abs=0.03)
        assert max(gone) < 0.01
        assert loudness[0][1] == pytest.approx(16_000, abs=50)
