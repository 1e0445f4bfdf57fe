"""How long processes wait for one another. All of it follows from one setting: how long one may be silent."""

from datetime import timedelta
from typing import Final

from django.conf import settings

# A worker that was silent for so long is taken for dead, and its jobs are rescued.
LEASE: Final = timedelta(seconds=getattr(settings, "SCHEDULER_LEASE", 12.0))
HEARTBEAT_EVERY: Final = LEASE.total_seconds() / 4
# After its timeout a job may still be cleaning up; then its thread counts as stuck.
GRACE: Final = LEASE.total_seconds()
# A process that leaves because of a stuck job waits so long for the others; with the beats that fall out
# meanwhile, well within the lease.
LEAVING_GRACE: Final = LEASE.total_seconds() / 3
SHUTDOWN_GRACE: Final = 8.0  # a container is killed ten seconds after it was told to stop

# Who leads, leads for so long without a word.
TERM: Final = LEASE / 2
RENEW_EVERY: Final = TERM.total_seconds() / 3
