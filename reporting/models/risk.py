"""What the statsforvalter makes of the five risk patterns of a municipality (oppdragsbrev 2022). Internal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR, units_in
from municipalities.models import Municipality, Role
from municipalities.querysets import ScopedManager
from reporting.models.reports import Immutable, Submission

if TYPE_CHECKING:
    from municipalities.access import Scope


class RiskAssessment(Immutable):
    """One judgement of one pattern, written once; the newest one of a municipality and pattern holds.

    ``derived`` is what the rule said of ``submission`` when it was judged (``seen``, ``not_seen``, ``missing``), so
    that a later report that says otherwise is noticed.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("recognised")
        PARTLY = "partly", _("recognised in part")
        DISMISSED = "dismissed", _("not recognised")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="risk_assessments")
    pattern = models.CharField(max_length=20)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField(blank=True)
    follow_up = models.TextField(blank=True)
    derived = models.CharField(max_length=10)
    rule_version = models.PositiveSmallIntegerField(default=1)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    assessed_by_name = models.CharField(max_length=200)
    assessed_at = models.DateTimeField()
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("assessment of a risk pattern")
        verbose_name_plural = _("assessments of risk patterns")
        indexes = [models.Index(fields=["municipality", "pattern", "id"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.pattern} {self.verdict}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Internal to the region's statsforvalter and Hdir: neither the municipality, KS, USHT nor the evaluator."""
        if scope.has(HDIR):
            return Q()
        return units_in(scope.only({Role.STATSFORVALTER}), "municipality")
