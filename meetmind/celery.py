"""Celery, as the carrier of the scheduler's wake-ups. Its messages hold no data.

    celery -A meetmind worker                 slots are threads: the work waits for AI and SMTP servers
    celery -A meetmind worker -P prefork      for jobs that compute

Messages are acknowledged early and expire: the jobs themselves are rows, and none hangs on a message.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")

app = Celery("meetmind")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["scheduler"])
