"""Whose turn it is to be written down."""

import asyncio

from interviews.consumers.speech_line import SpeechLine


async def test_however_much_one_says_it_waits_for_anothers_words_but_once() -> None:
    line = SpeechLine(others_wait=0.2)
    line.join("a provider lets this one wait for ever")
    said = [line.join("Rita") for _ in range(100)]

    async def write_down(number: int) -> int:
        await said[number].its_turn()
        line.leave(said[number])
        return number

    async with asyncio.timeout(5):
        assert await asyncio.gather(*map(write_down, range(100))) == list(range(100))
