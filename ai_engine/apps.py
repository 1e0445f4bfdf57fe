from django.apps import AppConfig


class AiEngineConfig(AppConfig):
    name = "ai_engine"

    def ready(self) -> None:
        from ai_engine import checks  # noqa: F401 # registers itself; it needs the apps
