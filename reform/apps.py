from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReformConfig(AppConfig):
    name = "reform"
    verbose_name = _("The reform")

    def ready(self) -> None:
        # The Celery app must exist before any task is started from a web process; the checks register themselves.
        from reform import celery, checks  # noqa: F401
