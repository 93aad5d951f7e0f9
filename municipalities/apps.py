from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    name = "municipalities"
    verbose_name = _("Municipalities")

    def ready(self) -> None:
        """A fault in the providers of the login stops the start, not the first who wants in."""
        from municipalities.oidc.config import providers

        providers()
