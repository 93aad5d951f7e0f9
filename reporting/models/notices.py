"""The ledger of notices: a row for each reason to write to a person, made before anything is sent; and Hdir's texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR
from municipalities.models import OutgoingMail
from municipalities.querysets import ScopedManager
from reporting.models.regional import RegionalReport
from reporting.models.reports import Report
from reporting.models.rounds import Round

if TYPE_CHECKING:
    from municipalities.access import Scope


class Notice(models.Model):
    """One reason to write to one person. ``key`` names it (``round:3 opened report:12 user:7``), so that the same
    reason never gives two; ``mail`` is the message in which it went out, empty while it waits for the day's one."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("the round has opened")
        TWO_WEEKS = "two_weeks", _("two weeks left")
        THREE_DAYS = "three_days", _("three days left")
        LAST_DAY = "last_day", _("the last day")
        OVERDUE = "overdue", _("the deadline is over")
        RETURNED = "returned", _("the report is returned")
        APPROVED = "approved", _("the report is approved")
        REOPENED = "reopened", _("the report is reopened")
        EXTENDED = "extended", _("the deadline is extended")
        DELIVERED = "delivered", _("the region is delivered")
        REGION_RETURNED = "region_returned", _("the region's report is returned")
        ACCEPTED = "accepted", _("the region's report is accepted")
        FORM_CHANGED = "form_changed", _("the form has been corrected")
        MESSAGE = "message", _("somebody has written about the report")
        SECTION = "section", _("a section was handed over")
        SECTION_DONE = "section_done", _("a section that was handed over is filled in")
        FIGURES_OPEN = "figures_open", _("the round's figures are open")

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="notices")
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    regional = models.ForeignKey(
        RegionalReport, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    facts = models.JSONField(default=dict)
    written_at = models.DateTimeField()
    mail = models.ForeignKey(OutgoingMail, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    dropped_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["user", "day"]), models.Index(fields=["round", "kind"])]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Hdir, which answers for what the portal sends."""
        return Q() if scope.has(HDIR) else Q(pk__in=())


class NoticeText(models.Model):
    """Hdir's words for one kind of notice in one language; without a row the portal's own words hold."""

    kind = models.CharField(max_length=16, choices=Notice.Kind.choices)
    audience = models.CharField(max_length=12, default="municipality")
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=150)
    body = models.TextField(max_length=4000)
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("text of a notice")
        verbose_name_plural = _("texts of notices")
        constraints = [models.UniqueConstraint(fields=["kind", "audience", "language"], name="one_text_a_notice")]

    def __str__(self) -> str:
        return f"{self.kind} {self.audience} {self.language}"
