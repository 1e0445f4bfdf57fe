"""How long a silence ends a spoken answer."""

import pytest
from playwright.sync_api import Browser

from tests.pages.scripts import a_page

pytestmark = pytest.mark.browser


def test_an_unfinished_sentence_is_given_more_silence_and_slow_speakers_still_more(
    browser: Browser, address: str
) -> None:
    with a_page(browser, address) as page:
        waits = page.evaluate(
            """async () => {
              const { silenceAfter } = await import("/static/js/lib/end_of_answer.js");
              return [silenceAfter("That is all.", 1), silenceAfter("And then we", 1), silenceAfter("", 1), silenceAfter("Done!”", 2)];
            }"""
        )
        assert waits == [2_000, 2_500, 2_500, 4_000]
