"""Several people in one cue: each gets a share of its time, in proportion to their words."""

from collections.abc import Iterator, Sequence

from interviews.importing.result import Piece

Turns = Sequence[tuple[str | None, Sequence[str]]]  # who, and their lines


def share_out(piece: Piece, turns: Turns) -> Iterator[Piece]:
    start, end = piece.started_ms, piece.ended_ms
    if start is None or end is None or end <= start:
        for speaker, lines in turns:
            yield Piece(piece.line, speaker, tuple(lines), start, None)
        return
    lengths = [sum(map(len, lines)) for _, lines in turns]
    total, done = sum(lengths), 0
    for (speaker, lines), length in zip(turns, lengths, strict=True):
        begun, done = done, done + length
        begins = start + (end - start) * begun // total
        yield Piece(
            piece.line, speaker, tuple(lines), begins, start + (end - start) * done // total
        )
