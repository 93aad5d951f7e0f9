"""What people add to the computed outcome of the criteria, and the lists that Hdir has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.models.schemes import YEARS, Scheme
from municipalities.access import HDIR, MUNICIPAL, units_in
from municipalities.models import Municipality, Role
from municipalities.querysets import ScopedManager

if TYPE_CHECKING:
    from municipalities.access import Scope


def unit_or_region(scope: Scope, path: str) -> Q:
    """A municipality sees its own, the statsforvalter its region's, Hdir all; nobody else."""
    mine = scope.only(MUNICIPAL | HDIR | {Role.STATSFORVALTER})
    return units_in(mine, path) if mine.grants else Q(pk__in=())


class CriterionNote(models.Model):
    """What the statsforvalter adds to one criterion of one municipality in a year, kept apart from what is computed.

    ``documentation`` stands beside the outcome and does not change it. ``overrule`` replaces it by ``outcome`` from the
    Oslo day on which it was recorded until it is withdrawn; both are shown. Nothing is changed afterwards but the
    withdrawal.
    """

    class Kind(models.TextChoices):
        DOCUMENTATION = "documentation", _("documentation")
        OVERRULE = "overrule", _("overruled")

    class Outcome(models.TextChoices):
        MET = "met", _("met")
        NOT_MET = "not_met", _("not met")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="criterion_notes")
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    reason = models.TextField()
    link = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("note to a criterion")
        verbose_name_plural = _("notes to criteria")
        indexes = [models.Index(fields=["year", "municipality"])]
        constraints = [
            models.CheckConstraint(condition=YEARS, name="criterion_note_year_is_sensible"),
            models.CheckConstraint(
                condition=Q(kind="documentation", outcome="") | Q(kind="overrule", outcome__in=("met", "not_met")),
                name="only_an_overruling_has_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["municipality", "year", "code"],
                condition=Q(kind="overrule", withdrawn_at__isnull=True),
                name="one_overruling_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.year} {self.code} {self.kind}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        return unit_or_region(scope, "municipality")


class PriorityDecision(models.Model):
    """A priority list as Hdir decided it for a scheme: frozen as canonical JSON with its hash, never changed.

    A decision made later for the same scheme gets the next ``version`` and says why in ``note``.
    """

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    canonical = models.TextField()
    content_hash = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=200)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["scheme", "version"]
        verbose_name = _("decided priority list")
        verbose_name_plural = _("decided priority lists")
        constraints = [models.UniqueConstraint(fields=["scheme", "version"], name="priority_version_once")]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.version}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Write a new row; raises TypeError for one that is already stored."""
        if not self._state.adding:
            raise TypeError("a decided priority list is never changed")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """That a list was decided is known to those whose municipalities are on it; of the rows each page shows the
        reader's own."""
        return Q() if scope.has(MUNICIPAL | HDIR | {Role.STATSFORVALTER}) else Q(pk__in=())
