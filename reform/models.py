"""The reform itself: its period, focus areas, solutions and phases, each change dated and with its source."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class NamedInTwoLanguages(models.Model):
    """A name in bokmål and nynorsk; ``name`` is the one of the language in use."""

    name_nb = models.CharField(_("name in bokmål"), max_length=200)
    name_nn = models.CharField(_("name in nynorsk"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_nb

    @property
    def name(self) -> str:
        return self.name_in(get_language() or "nb")

    def name_in(self, language: str) -> str:
        """The name in ``nb`` or ``nn``."""
        return self.name_nn if language.startswith("nn") else self.name_nb


class Reform(NamedInTwoLanguages):
    """A reform that the portal follows; there is one."""

    key = models.SlugField(unique=True)
    starts_on = models.DateField()

    class Meta:
        verbose_name = _("reform")
        verbose_name_plural = _("reforms")


class ReformEnd(models.Model):
    """A decision about when the reform ends: 2023, prolonged to 2024, taken back to 2023."""

    reform = models.ForeignKey(Reform, on_delete=models.CASCADE, related_name="ends")
    ends_on = models.DateField()
    decided_on = models.DateField(help_text=_("The end holds from this day until a later decision."))
    source = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("end of the reform")
        verbose_name_plural = _("ends of the reform")
        constraints = [
            models.UniqueConstraint(fields=["reform", "decided_on"], name="one_end_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.ends_on:%Y-%m-%d} ({self.source})"


class FocusArea(NamedInTwoLanguages):
    """One of the five focus areas (innsatsområder)."""

    code = models.CharField(max_length=4, unique=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        verbose_name = _("focus area")
        verbose_name_plural = _("focus areas")


class Solution(NamedInTwoLanguages):
    """One of the 25 solutions (løsninger); keyed on its code because a name may still be corrected."""

    area = models.ForeignKey(FocusArea, on_delete=models.PROTECT, related_name="solutions")
    code = models.CharField(max_length=6, unique=True)
    order = models.PositiveSmallIntegerField()
    name_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        verbose_name = _("solution")
        verbose_name_plural = _("solutions")


class Phase(NamedInTwoLanguages):
    """One of the reform's four phases."""

    number = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")


class PhasePeriod(models.Model):
    """The period of a phase, as it was decided on a day; a later decision replaces it."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="periods")
    starts_on = models.DateField()
    ends_on = models.DateField()
    decided_on = models.DateField()
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["phase__number", "decided_on"]
        verbose_name = _("period of a phase")
        verbose_name_plural = _("periods of phases")
        constraints = [
            models.UniqueConstraint(fields=["phase", "decided_on"], name="one_period_a_day"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="phase_starts_before_end"),
        ]

    def __str__(self) -> str:
        return f"{self.phase_id}: {self.starts_on:%Y-%m-%d} – {self.ends_on:%Y-%m-%d}"
