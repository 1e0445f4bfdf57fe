from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        autodiscover_modules("emails")
        from notifications.rendering import check_templates  # models must be loaded first

        checks.register(check_templates)
