"""Whose words a member's microphone hears."""

import pytest
from playwright.sync_api import Browser

from tests.pages.fake_room import RECOGNITION, FakeRoom
from tests.pages.scripts import CONNECT, a_page

pytestmark = pytest.mark.browser
LISTEN = """async () => {
  document.body.innerHTML = `
    <button id="speak"><span id="speak-words"></span></button><button id="tab"><span id="tab-words"></span></button>
    <p id="listening"></p><meter id="level"></meter><p id="interim"></p><p id="tab-listening"></p><meter id="tab-level"></meter>
    <select id="mic-hears"><option value="me"><option value="all" selected></select><select id="tab-hears"></select>
    <fieldset id="who"><label><input type="radio" name="who" value="candidate" checked> Cem</label>
      <label><input type="radio" name="who" value="me"> Ines</label><button id="hold">Hold</button></fieldset>`;
  const { PanelVoice } = await import("/static/js/lib/panel_voice.js");
  window.said = [];
  const final = (_, text, { speaker = "me" }) => window.said.push([speaker, text]);
  const { socket, words } = window;
  new PanelVoice({ socket, words, language: "en", final, problem: (trouble) => window.said.push(["problem", trouble]) });
}"""


@pytest.mark.parametrize("by", ["radio", "Alt+W"])
def test_the_last_words_are_of_whoever_spoke_until_the_switch(
    browser: Browser, address: str, by: str
) -> None:
    with a_page(browser, address, RECOGNITION) as page:
        room = FakeRoom(page)
        page.evaluate(CONNECT)
        room.until(lambda: page.evaluate("window.socket.isOpen"))
        page.evaluate(LISTEN)
        page.locator("#speak").click()

        def switch(who: str) -> None:
            if by == "radio":
                page.get_by_role("radio", name=who).check()
            else:
                page.keyboard.press("Alt+w")

        def until_it_listens_again(times: int) -> None:
            room.until(lambda: page.evaluate("window.recognitions.length") == times)

        page.evaluate("window.recognitions[0].say('We built', false)")
        switch("Ines")
        until_it_listens_again(2)
        page.evaluate(
            "window.recognitions[1].stop = () => {}"
        )  # it takes a while to settle its words
        switch("Cem")
        page.evaluate("window.recognitions[1].say('With whom?', true)")
        page.evaluate("window.recognitions[1].end()")
        until_it_listens_again(3)
        page.evaluate("window.recognitions[2].say('Alone.', true)")
        assert page.evaluate("window.said") == [
            ["candidate", "We built"],
            ["me", "With whom?"],
            ["candidate", "Alone."],
        ]
