"""How often words so far are asked for: by the sound that came, and by the clock."""

import asyncio
from dataclasses import dataclass, field

from interviews.consumers.words_so_far import WordsSoFar
from interviews.services.transcribe_speech import SpokenAudio

SOUND = SpokenAudio("s", b"", "audio/wav", 0)


@dataclass
class Listening:
    """Somebody who speaks, a clock that a test sets, and what was asked for."""

    now: float = 100.0
    asked: int = 0
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.words = WordsSoFar(self._take, asyncio.ensure_future, 3.0, lambda: self.now)

    async def _take(self, audio: SpokenAudio) -> None:
        self.asked += 1
        await self.answers.wait()

    async def hear(self, seconds: float, *, after: float) -> int:
        """How often words were asked for once there is so much sound, so many seconds later."""
        self.now += after
        self.words.heard(seconds, lambda: SOUND)
        for _ in range(3):
            await asyncio.sleep(0)
        return self.asked


async def test_the_first_words_come_soon_and_further_ones_now_and_then() -> None:
    listening = Listening()
    listening.answers.set()
    assert await listening.hear(1, after=1) == 0
    assert await listening.hear(2, after=1) == 1
    assert await listening.hear(4, after=2) == 1
    assert await listening.hear(5, after=1) == 2


async def test_sound_that_comes_faster_than_speech_asks_no_oftener() -> None:
    listening = Listening()
    listening.answers.set()
    for _ in range(50):
        await listening.hear(60, after=0.1)
        listening.words.stop()
    assert listening.asked == 2


async def test_one_is_under_way_at_a_time_and_none_after_the_end() -> None:
    listening = Listening()
    assert await listening.hear(2, after=2) == 1
    assert await listening.hear(20, after=18) == 1, "the first has not been answered"
    listening.words.stop()
    assert await listening.hear(2, after=4) == 2
