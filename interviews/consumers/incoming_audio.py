"""The sound a socket sends: one open segment at a time, and a bounded queue of whole ones behind it."""

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable, Coroutine

from django.utils import timezone

from interviews.consumers.limits import Bucket
from interviews.consumers.speech_line import Place, SpeechLine
from interviews.consumers.words_so_far import WordsSoFar
from interviews.events import AudioEnd, AudioStart, BadMessage
from interviews.services.transcribe_speech import ItsTurn, SpokenAudio

LONGEST_BYTES = 2 * 1024 * 1024  # a minute of 16 kHz, 16 bit
MOST_AT_ONCE = 4  # segments of one socket that are being transcribed
MOST_BYTES_WAITING = 6 * 1024 * 1024  # what a client sends again after a cut: about three minutes
MOST_AFTER_A_CUT = 40  # segments; whoever only speaks ends about one in a second at most
_MIMES = {"wav": "audio/wav", "pcm16": "audio/wav", "webm": "audio/webm"}


class IncomingAudio:
    """Collects the frames of one segment after the other and hands the whole on.

    `run` starts what goes on when the socket is gone, and ends with the process.
    """

    def __init__(
        self,
        take: Callable[[SpokenAudio, ItsTurn], Awaitable[None]],
        run: Callable[[Coroutine[object, object, None]], object],
        so_far: WordsSoFar,
        line: Callable[[], SpeechLine],
    ) -> None:
        self._take, self._run, self._so_far, self._line = take, run, so_far, line
        self._open: AudioStart | None = None
        self._sound = bytearray()
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)
        self._pace = Bucket(per_second=1, burst=MOST_AFTER_A_CUT)
        self._bytes_waiting = 0

    def start(self, message: AudioStart) -> None:
        """After a cut a segment is sent again whole: what came before counts for nothing."""
        self._drop()
        self._open = message

    def add(self, frame: bytes) -> None:
        if self._open is None:
            raise BadMessage("no_audio_open", "Say “audio.start” before sending audio.")
        opened = self._open
        if len(self._sound) + len(frame) > LONGEST_BYTES:
            self._drop()
            raise BadMessage(
                "audio_too_long", "A spoken segment may last about a minute.", seg_id=opened.seg_id
            )
        self._sound += frame
        # Of samples any beginning is a whole; what waits to be written down for good goes first.
        if opened.codec == "pcm16" and self._bytes_waiting == 0:
            seconds = len(self._sound) / (2 * opened.rate)
            self._so_far.heard(seconds, lambda: _whole(opened, bytes(self._sound)))

    def end(self, message: AudioEnd) -> None:
        opened = self._open
        if opened is None or opened.seg_id != message.seg_id:
            raise BadMessage("no_audio_open", "This segment was not begun.", seg_id=message.seg_id)
        audio = _whole(opened, bytes(self._sound), message.age_ms)
        self._drop()
        is_full = self._bytes_waiting + len(audio.content) > MOST_BYTES_WAITING
        if is_full or not self._pace.take():
            raise BadMessage(
                "busy",
                "Too much speech at once: send this segment again soon.",
                seg_id=message.seg_id,
            )
        self._bytes_waiting += len(audio.content)
        line = self._line()
        self._run(self._take_in_turn(audio, line, line.join(self)))

    def close(self) -> None:
        """The socket is gone: what was begun is sent again whole by another."""
        self._drop()

    def _drop(self) -> None:
        self._so_far.stop()
        self._open = None
        self._sound.clear()

    async def _take_in_turn(self, audio: SpokenAudio, line: SpeechLine, place: Place) -> None:
        """Several are heard at once, but a short one that was said later must not be written down first."""
        try:
            async with self._turn:
                await self._take(audio, place.its_turn)
        finally:
            line.leave(place)
            self._bytes_waiting -= len(audio.content)


def _whole(opened: AudioStart, sound: bytes, age_ms: int = 0) -> SpokenAudio:
    return SpokenAudio(
        seg_id=opened.seg_id,
        content=_as_wav(sound, opened.rate) if opened.codec == "pcm16" else sound,
        mime=_MIMES[opened.codec],
        duration_ms=0 if opened.codec == "webm" else len(sound) * 500 // opened.rate,
        speaker=opened.speaker,
        arrived_at=timezone.now(),
        age_ms=age_ms,
    )


def _as_wav(samples: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples[: len(samples) // 2 * 2])
    return file.getvalue()
