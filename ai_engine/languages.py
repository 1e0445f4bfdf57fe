"""Whether an answer is written in the language of the interview: by its commonest words."""

import re
from collections.abc import Mapping

_COMMON: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to in is was that it for with on as are this be have you we they not by at from or",
        "de": "der die das und ist nicht ein eine zu den mit sich von auf für im dem des wir sie war haben wie",
        "fr": "de le la les et est une des du que qui dans pour pas sur avec ce il elle nous vous être au par",
        "es": "de a el la los las y es una que en por con para no se del lo como más su al fue pero usted",
        "it": "e a il lo la gli e è una che di in per con non si del della come più nel sono ha ma anche",
        "pt": "de o a os as e é uma que em por com para não se do da como mais no na foi mas você",
        "nl": "de het een en is van dat niet in op te met voor zijn we was ze bij aan ook er als maar",
        "tr": "ve bir bu da de için ile çok ne olarak daha gibi var ama mı nasıl olan sonra kadar ben biz",
        "pl": "i w na z do się nie że to jest jak o ale co po przez dla od był czy już tylko są",
        "sv": "och det att i en som är på för av med inte den till har vi om ett var de jag så",
    }.items()
}
_SCRIPTS: Mapping[str, str] = {
    "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff", "bg": "\u0400-\u04ff", "el": "\u0370-\u03ff",
    "ar": "\u0600-\u06ff", "fa": "\u0600-\u06ff", "he": "\u0590-\u05ff", "hi": "\u0900-\u097f",
    "ja": "\u3040-\u30ff\u4e00-\u9fff", "zh": "\u4e00-\u9fff", "ko": "\uac00-\ud7af", "th": "\u0e00-\u0e7f",
}  # fmt: skip


_LATIN = "a-zA-Z\u00c0-\u024f\u1e00-\u1eff"
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")


def name_of(language: str) -> str:
    """A language tag as a model reads it best."""
    names = {
        "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian",
        "pt": "Portuguese", "nl": "Dutch", "tr": "Turkish", "pl": "Polish", "sv": "Swedish",
    }  # fmt: skip
    return names.get(language.split("-")[0].lower(), language)


def seems_other_than(language: str, text: str) -> bool:
    """True only when the text is clearly in another language: short or mixed texts pass."""
    wanted = language.split("-")[0].lower()
    script = _SCRIPTS.get(wanted, _LATIN)
    if wanted not in _COMMON and script == _LATIN:
        return False
    letters = _LETTER.findall(text)
    if len(letters) >= 20 and len(re.findall(f"[{script}]", text)) * 4 < len(letters):
        return True
    words = _WORD.findall(text.lower())
    if len(words) < 8 or script != _LATIN:
        return False
    # Different words, for one that two languages share says little however often it comes.
    counts = {name: len(common.intersection(words)) for name, common in _COMMON.items()}
    best = max(counts, key=lambda name: counts[name])
    return counts[best] >= 3 and counts[best] > 2 * counts[wanted]


def check_language(language: str, texts: list[str]) -> None:
    """Raises ValueError, in words that a model understands, if the texts are in another language."""
    if seems_other_than(language, " ".join(texts)):
        raise ValueError(f"Write in {name_of(language)}.")
