"""How long to wait before the next try. Pure: the caller brings the chance."""

JITTER = 0.2


def delay_before_retry(
    *, failures: int, backoff: tuple[float, ...], chance: float, wanted: float | None = None
) -> float | None:
    """Seconds until the next run after `failures` failed ones, or None when no retry is left.

    `chance` (0 to 1) spreads the delay by ± 20 %, so that jobs which failed together do not come
    back together. `wanted` is what the handler asked for (a Retry-After); it is kept exactly, but
    does not buy further attempts.
    """
    if failures > len(backoff):
        return None
    if wanted is not None:
        return max(0.0, wanted)
    return backoff[failures - 1] * (1 - JITTER + 2 * JITTER * chance)
