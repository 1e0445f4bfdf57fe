"""Cuts a long transcript into pieces that a model can read, with some lines of overlap."""

from collections.abc import Sequence

from ai_engine.inputs import Excerpt

WORDS = 7000
OVERLAP = 4


def in_chunks(
    excerpts: Sequence[Excerpt], *, words: int = WORDS, overlap: int = OVERLAP
) -> list[tuple[Excerpt, ...]]:
    """Chunks of about so many words. Each but the first begins with the last lines of the one before,
    so that an answer is never read without its question."""
    chunks: list[tuple[Excerpt, ...]] = []
    current: list[Excerpt] = []
    size = fresh = 0
    for excerpt in excerpts:
        length = len(excerpt.text.split()) + 4
        if fresh and size + length > words:
            chunks.append(tuple(current))
            current = current[-overlap:]
            size = sum(len(kept.text.split()) + 4 for kept in current)
            fresh = 0
        current.append(excerpt)
        size += length
        fresh += 1
    if fresh or not chunks:
        chunks.append(tuple(current))
    return chunks


def around(excerpts: Sequence[Excerpt], refs: set[str]) -> tuple[Excerpt, ...]:
    """The excerpts with these refs, each with the one before it: the question of an answer."""
    kept = [
        excerpt
        for at, excerpt in enumerate(excerpts)
        if excerpt.ref in refs or (at + 1 < len(excerpts) and excerpts[at + 1].ref in refs)
    ]
    return tuple(kept)
