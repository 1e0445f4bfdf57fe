"""How soon an idle peer starts: asks for a job, waits until it started, asks again. Prints milliseconds.

python one_by_one.py with_celery 200
"""

import importlib
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path

WARM = 20


def main(module, count):
    peer = importlib.import_module(module)
    stamps = Path(os.environ["STAMPS"])
    is_opened = module == "with_procrastinate"  # it keeps a pool of connections
    with peer.app.open() if is_opened else nullcontext():
        for job in range(count + WARM):
            asked = time.time()
            peer.ask(job)
            while not stamps.exists() or stamps.read_text().count("\n") <= job:
                time.sleep(0.001)
            started = float(stamps.read_text().split("\n")[job].split()[0])
            if job >= WARM:
                print((started - asked) * 1000)
            time.sleep(0.02)


main(sys.argv[1], int(sys.argv[2]))
