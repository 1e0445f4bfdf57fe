"""The addresses, for a project to mount under a prefix of its choice.

`enter` is the project's own door: it gets each view and whether it is to look or to operate, and answers the view
that strangers meet (a redirect to sign in, a 404).
"""

from collections.abc import Callable
from typing import Literal

from django.urls import URLPattern, path

from scheduler.dashboard import actions, views

Entrance = Literal["look", "operate"]
AnyView = Callable[..., object]
APP_NAME = "scheduler"


def page_urls(enter: Callable[[AnyView, Entrance], AnyView]) -> tuple[list[URLPattern], str]:
    """For `path("scheduler/", include(page_urls(enter)))`."""

    def look(route: str, view: AnyView, name: str) -> URLPattern:
        return path(route, enter(view, "look"), name=name)  # type: ignore[arg-type] # any view

    def operate(route: str, view: AnyView, name: str) -> URLPattern:
        return path(route, enter(view, "operate"), name=name)  # type: ignore[arg-type] # any view

    return [
        look("", views.overview, "overview"),
        look("stream", views.stream, "stream"),
        look("jobs/", views.jobs, "jobs"),
        look("jobs/<int:job_id>/", views.job, "job"),
        operate("jobs/<int:job_id>/cancel", actions.cancel, "cancel-job"),
        look("workflows/", views.workflows, "workflows"),
        look("workflows/<int:workflow_id>/", views.workflow, "workflow"),
        operate("workflows/<int:workflow_id>/cancel", actions.cancel_run, "cancel-workflow"),
        look("dead-letters/", views.dead_letters, "dead-letters"),
        operate("dead-letters/replay", actions.replay_many, "replay-many"),
        operate("dead-letters/<int:job_id>/replay", actions.replay, "replay"),
        operate("dead-letters/<int:job_id>/discard", actions.discard, "discard"),
        operate("kinds/<str:kind>/pause", actions.pause, "pause"),
        operate("kinds/<str:kind>/resume", actions.resume, "resume"),
        operate("workers/", views.workers, "workers"),
        look("recurring/", views.recurring, "recurring"),
        operate("recurring/<str:name>/", actions.recurring_action, "recurring-action"),
        operate("demo/", actions.demo, "demo"),
    ], APP_NAME
