"""The language of a transcript, as its tool wrote it, in the form that web pages use."""

import re

CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
NAMES = {
    "english": "en",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
    "polish": "pl",
    "turkish": "tr",
    "russian": "ru",
    "ukrainian": "uk",
    "swedish": "sv",
    "japanese": "ja",
    "chinese": "zh",
    "korean": "ko",
    "hindi": "hi",
    "arabic": "ar",
}


def read_language(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    code = value.strip().casefold().replace("_", "-")
    code = NAMES.get(code, code)
    return code if CODE.fullmatch(code) else None
