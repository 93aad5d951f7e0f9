"""The question bank, and the frozen forms that are composed from it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """A question of the bank. ``definition`` is the wording and the rules as ``reporting.form_spec`` reads them:
    ``text``, ``help``, ``more`` (each ``{"nb", "nn"}``), ``options``, ``limits``, ``shown_when``, ``required``,
    ``prefill``, ``indicator``."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16)
    definition = models.JSONField()

    class Meta:
        ordering = ["code"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.code


class FormVersion(models.Model):
    """A form: sections and questions with every word and rule in ``definition``, frozen when published.

    ``audience`` says who answers it. A mistake in a published form is mended by a new version that ``replaces`` it;
    ``change_note`` (``{"nb", "nn"}``) tells those concerned what was mended. ``edit_number`` counts the changes while
    it is composed, so that two who compose cannot overwrite each other.
    """

    class Audience(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipalities and districts")
        REGION = "region", _("the statsforvalter")

    name = models.CharField(max_length=120, unique=True)
    audience = models.CharField(max_length=12, choices=Audience.choices, default=Audience.MUNICIPALITY)
    definition = models.JSONField()
    definition_hash = models.CharField(max_length=64, blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    change_note = models.JSONField(default=dict, blank=True)
    edit_number = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Refuse to change a published form: answers have been given to it."""
        if self.pk:
            kept = type(self).objects.filter(pk=self.pk).values_list("published_at", "definition").first()
            if kept and kept[0] is not None and kept[1] != self.definition:
                raise ValidationError(_("A published form cannot be changed."))
        super().save(*args, **kwargs)  # type: ignore[arg-type]
