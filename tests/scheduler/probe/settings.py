"""The real settings with the probe app added: for workers that tests start as processes."""

from meetmind.settings import *  # noqa: F403
from meetmind.settings import INSTALLED_APPS

INSTALLED_APPS += ["tests.scheduler.probe"]
