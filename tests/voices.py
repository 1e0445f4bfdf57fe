"""People who speak: sentences rendered by espeak-ng, and the file that Chromium takes for somebody's microphone."""

import array
import functools
import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

RATE = 22_050  # what espeak-ng renders
UNTIL_IT_HEARS = 1.2
LONG_SILENCE = 90.0  # a microphone that stays open hears nothing more


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounds: espeak-ng's name of the voice, and words a minute."""

    name: str
    speed: int = 200


@dataclass
class Mouth:
    """What one person says into the microphone of one browser.

    Chromium opens the file anew whenever a page opens the microphone: what is written here before is said then.
    """

    voice: Voice
    microphone: Path

    def __post_init__(self) -> None:
        self.will_say()

    def flags(self) -> tuple[str, ...]:
        return (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={self.microphone}%noloop",
        )

    def will_say(self, *sentences: str, voice: Voice | None = None, pause: float = 1.1) -> None:
        """After a silence, because a busy browser hears late. The pause behind a sentence ends a segment, not an
        answer. `voice`: somebody else's, who is near this microphone."""
        samples = _silence(UNTIL_IT_HEARS)
        for sentence in sentences:
            samples += spoken(voice or self.voice, sentence) + _silence(pause)
        whole = self.microphone.with_suffix(".new")
        write_sound(whole, samples + _silence(LONG_SILENCE))
        whole.replace(self.microphone)  # Chromium never reads half of it


@functools.cache
def spoken(voice: Voice, sentence: str) -> "array.array[int]":
    """Samples without the silence around them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        binary = shutil.which("espeak-ng")
        assert binary, (
            "No espeak-ng found. Run `make system` as root, or: apt-get install espeak-ng"
        )
        subprocess.run(
            [binary, "-v", voice.name, "-s", str(voice.speed), "-w", str(path), sentence],
            check=True,
        )
        with wave.open(str(path)) as file:
            assert file.getframerate() == RATE
            return array.array("h", file.readframes(file.getnframes()))


def write_sound(path: Path, samples: "array.array[int]") -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def _silence(seconds: float) -> "array.array[int]":
    return array.array("h", bytes(2 * int(RATE * seconds)))
