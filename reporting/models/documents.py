"""The files that jobs make (idea 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.models import Office, Role
from municipalities.querysets import ScopedManager
from reporting.models.reports import Report, Submission
from reporting.models.summaries import NationalSummary

if TYPE_CHECKING:
    from municipalities.access import Scope


class Document(models.Model):
    """A file that is made by a job: the row is made first and says how far the job has come (idea 7).

    ``input_key`` names what it is made from (a summary, a region's part of it, a Submission), so the same question
    gives the same row. ``file`` is a random name under the document folder, never an address; a volume's rows with the
    same ``content_hash``, language, format and ``renderer`` share it, so a file is removed only when no row names it.
    A region's volume has its ``office``. ``claim`` and ``attempts`` are as those of a summary.
    """

    class Kind(models.TextChoices):
        SUMMARY = "summary", _("national summary")
        VOLUME = "volume", _("volume of a region")
        DELIVERY = "delivery", _("all files of a summary")
        RECEIPT = "receipt", _("receipt")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being made now")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Did not work")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    format = models.CharField(max_length=5)
    language = models.CharField(max_length=2, default="nb")
    input_key = models.CharField(max_length=100)
    summary = models.ForeignKey(
        NationalSummary, null=True, blank=True, on_delete=models.CASCADE, related_name="documents"
    )
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.CASCADE, related_name="documents"
    )
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64, blank=True)
    renderer = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    file = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "format", "language", "input_key"], name="one_document_a_key"),
            models.CheckConstraint(condition=~Q(status="done") | ~Q(file=""), name="done_has_a_file"),
        ]
        indexes = [models.Index(fields=["content_hash", "format"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.format} {self.input_key[:12]}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the one row of its kind."""
        return self.kind, self.format, self.language, self.input_key

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """A summary's file as the summary, a receipt as its report; and a region's volume to its own statsforvalter
        once the summary is approved, also when it is withdrawn later."""
        every = NationalSummary.objects.across_all(reason="subquery")
        reports = Report.objects.across_all(reason="subquery").filter(Report.visible_in(scope))
        settled = every.filter(Q(status=NationalSummary.Status.APPROVED) | Q(sent_at__isnull=False))
        mine = scope.only({Role.STATSFORVALTER}).office_ids
        volume = Q(kind=cls.Kind.VOLUME, office__in=mine, summary__in=settled) if mine else Q(pk__in=())
        summaries = every.filter(NationalSummary.visible_in(scope))
        return Q(summary__in=summaries) | Q(submission__report__in=reports) | volume
