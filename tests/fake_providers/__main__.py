"""`python -m tests.fake_providers --port 0` prints the port it took, and serves until it is stopped."""

import argparse
import asyncio
import sys

from tests.fake_providers.server import FakeProviders


async def serve(port: int, chunk_delay: float) -> None:
    fake = FakeProviders()
    fake.chunk_delay = chunk_delay
    await fake.start(port)
    sys.stdout.write(f"{fake.port}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--chunk-delay", type=float, default=0.0, help="seconds between words")
    given = parser.parse_args()
    try:
        asyncio.run(serve(given.port, given.chunk_delay))
    except KeyboardInterrupt:
        sys.exit(0)
