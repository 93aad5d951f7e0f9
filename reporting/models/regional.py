"""The region's own report: the statsforvalter's assessment of its region in a round, delivered to Hdir as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from municipalities.access import HDIR
from municipalities.models import Office, Role
from municipalities.querysets import ScopedManager
from reporting.models.forms import FormVersion
from reporting.models.reports import Immutable
from reporting.models.rounds import Round

if TYPE_CHECKING:
    from municipalities.access import Scope


class RegionalReport(models.Model):
    """One office's report in one round. ``draft`` is a JSON document as a municipality's (``{"fields": {...}}``), and
    ``draft_version`` counts its changes. The regional plan is a private file (``municipalities.filestore``)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        DELIVERED = "delivered", _("Delivered")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", pgettext_lazy("region", "Accepted")

    CLOSED = (Status.DELIVERED, Status.ACCEPTED)
    """The states under which the approved reports of the region's municipalities cannot be changed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="regional_reports")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="regional_reports")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    draft = models.JSONField(default=dict)
    draft_version = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    draft_saved_by = models.CharField(max_length=200, blank=True)
    plan_file = models.CharField(max_length=80, blank=True)
    plan_name = models.CharField(max_length=200, blank=True)
    plan_type = models.CharField(max_length=120, blank=True)
    plan_size = models.PositiveBigIntegerField(default=0)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    current = models.ForeignKey("RegionalSubmission", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        verbose_name = _("regional report")
        verbose_name_plural = _("regional reports")
        constraints = [
            models.UniqueConstraint(fields=["round", "office"], name="one_regional_report_a_round"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(current__isnull=False), name="delivered_has_a_submission"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.office_id}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The office's own staff, and Hdir."""
        return Q() if scope.has(HDIR) else cls.editable_in(scope)

    @classmethod
    def editable_in(cls, scope: Scope) -> Q:
        """The office's own staff."""
        return Q(office_id__in=scope.only({Role.STATSFORVALTER}).office_ids)


class RegionalSubmission(Immutable):
    """What a region delivered, frozen: its answers, the figures of the region as they stood, and what was missing with
    the reason, ``[{"report", "unit", "number", "name", "status", "reason"}]``; the regional plan as it was."""

    regional = models.ForeignKey(RegionalReport, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    hidden = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    submission_ids = models.JSONField(default=list)
    plan_file = models.CharField(max_length=80, blank=True)
    plan_name = models.CharField(max_length=200, blank=True)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    answers_hash = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_by_name = models.CharField(max_length=200)
    submitted_at = models.DateTimeField()
    days_late = models.PositiveSmallIntegerField(default=0)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("delivery of a region")
        verbose_name_plural = _("deliveries of regions")
        constraints = [models.UniqueConstraint(fields=["regional", "number"], name="regional_delivery_number_once")]

    def __str__(self) -> str:
        return f"{self.regional_id}/{self.number}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """As its regional report."""
        rows = RegionalReport.objects.across_all(reason="subquery").filter(RegionalReport.visible_in(scope))
        return Q(regional__in=rows)
