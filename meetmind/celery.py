"""Celery, as the carrier of the scheduler's wake-ups. Its messages hold no data.

    celery -A meetmind worker                 slots are threads: the work waits for AI and SMTP servers
    celery -A meetmind worker -P prefork      for jobs that compute

Messages are acknowledged early and expire: the jobs themselves are rows, and none hangs on a message.
"""

import os

from celery import Celery, signals
from django.conf import settings

from ai_engine.engine import engine
from scheduler.wakeup import QUEUE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")

app = Celery("meetmind")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    worker_pool="threads",
    worker_concurrency=settings.SCHEDULER_SLOTS,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    task_default_queue=QUEUE,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # for ever: meanwhile the worker looks at the table itself
)
app.autodiscover_tasks(["scheduler"])


@signals.worker_process_shutdown.connect  # type: ignore[untyped-decorator] # Celery has no types
@signals.worker_shutdown.connect  # type: ignore[untyped-decorator]
def _close_the_engine(**_: object) -> None:
    """The pool has ended: nobody thinks any more, in this worker or in this child of it."""
    engine.close()
