from django.apps import AppConfig


class MeetMindConfig(AppConfig):
    name = "meetmind"
    verbose_name = "MeetMind"
