"""The sound a socket sends: one open segment at a time, and a bounded queue of whole ones behind it."""

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable, Coroutine

from interviews.events import AudioEnd, AudioStart, BadMessage
from interviews.services.transcribe_speech import ItsTurn, SpokenAudio

LONGEST_BYTES = 2 * 1024 * 1024  # a minute of 16 kHz, 16 bit
MOST_AT_ONCE = 4  # segments of one socket that are being transcribed
MOST_BYTES_WAITING = 6 * 1024 * 1024  # what a client sends again after a cut: about three minutes
_MIMES = {"wav": "audio/wav", "pcm16": "audio/wav", "webm": "audio/webm"}


class IncomingAudio:
    """Collects the frames of one segment after the other and hands the whole on.

    `run` starts what goes on when the socket is gone, and ends with the process.
    """

    def __init__(
        self,
        take: Callable[[SpokenAudio, ItsTurn], Awaitable[None]],
        run: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        self._take, self._run = take, run
        self._open: AudioStart | None = None
        self._sound = bytearray()
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)
        self._bytes_waiting = 0
        self._latest = asyncio.Event()  # set when what came last is settled
        self._latest.set()

    def start(self, message: AudioStart) -> None:
        """After a cut a segment is sent again whole: what came before counts for nothing."""
        self._open = message
        self._sound.clear()

    def add(self, frame: bytes) -> None:
        if self._open is None:
            raise BadMessage("no_audio_open", "Say “audio.start” before sending audio.")
        if len(self._sound) + len(frame) > LONGEST_BYTES:
            seg_id, self._open = self._open.seg_id, None
            self._sound.clear()
            raise BadMessage(
                "audio_too_long", "A spoken segment may last about a minute.", seg_id=seg_id
            )
        self._sound += frame

    def end(self, message: AudioEnd) -> None:
        opened, self._open = self._open, None
        if opened is None or opened.seg_id != message.seg_id:
            raise BadMessage("no_audio_open", "This segment was not begun.", seg_id=message.seg_id)
        audio = _whole(opened, bytes(self._sound))
        self._sound.clear()
        if self._bytes_waiting + len(audio.content) > MOST_BYTES_WAITING:
            raise BadMessage(
                "busy",
                "Too much speech at once: send this segment again soon.",
                seg_id=message.seg_id,
            )
        self._bytes_waiting += len(audio.content)
        earlier, self._latest = self._latest, asyncio.Event()
        self._run(self._take_in_turn(audio, earlier, self._latest))

    async def _take_in_turn(
        self, audio: SpokenAudio, earlier: asyncio.Event, settled: asyncio.Event
    ) -> None:
        """Several are heard at once, but a short one that was said later must not be written down first."""
        try:
            async with self._turn:
                await self._take(audio, earlier.wait)
        finally:
            settled.set()
            self._bytes_waiting -= len(audio.content)


def _whole(opened: AudioStart, sound: bytes) -> SpokenAudio:
    if opened.codec == "pcm16":
        duration = len(sound) * 500 // opened.rate
        whole = _as_wav(sound, opened.rate)
        return SpokenAudio(opened.seg_id, whole, "audio/wav", duration, opened.speaker)
    duration = len(sound) * 500 // opened.rate if opened.codec == "wav" else 0
    return SpokenAudio(opened.seg_id, sound, _MIMES[opened.codec], duration, opened.speaker)


def _as_wav(samples: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples[: len(samples) // 2 * 2])
    return file.getvalue()
