"""The real settings with the benchmark's jobs added."""

from meetmind.settings import *  # noqa: F403
from meetmind.settings import INSTALLED_APPS

INSTALLED_APPS += ["benchmarks.scheduler_load"]
