"""The scheduler's tests use the handlers of the probe app."""

from tests.scheduler.probe import jobs as jobs
