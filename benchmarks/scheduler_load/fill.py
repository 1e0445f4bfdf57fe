"""Fills the queue: flat, mixed with long ones, or a graph of layers a hundred wide in which each job has two parents."""

import sys

import django

WIDTH = 100


def main(action: str, kind: str, count: int) -> None:
    django.setup()
    from scheduler.enqueue import enqueue_many, start_workflow
    from scheduler.workflow import Workflow

    if action == "mixed":
        # As a day brings them: one in ten is long.
        for _ in range(count // 10):
            enqueue_many("bench.work", [{}])
            enqueue_many(kind, [{}] * 9)
    elif action == "graph":
        start_workflow(Workflow("layers", layers(kind, count)))
    else:
        enqueue_many(kind, ({} for _ in range(count)))


def layers(kind: str, count: int):  # type: ignore[no-untyped-def] # Step exists after setup()
    from scheduler.workflow import Step

    steps = []
    for number in range(count):
        layer, place = divmod(number, WIDTH)
        above = (f"{layer - 1}.{place}", f"{layer - 1}.{(place + 1) % WIDTH}") if layer else ()
        steps.append(Step(f"{layer}.{place}", kind, after=above))
    return tuple(steps)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
