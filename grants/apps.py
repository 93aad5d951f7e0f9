from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    name = "grants"
    verbose_name = _("Grants")

    def ready(self) -> None:
        """Say what this app adds to what others do: it is imported by none of them."""
        from grants import note_collect, note_part
        from grants.services.shipped import shipped_load
        from municipalities.registers.loaders import loader_register
        from reporting.documents.added import AddedPart, part_register

        loader_register("grants", lambda now: shipped_load())
        part_register(AddedPart(note_part.PART, note_part.title, note_collect.collect, note_part.draw))
