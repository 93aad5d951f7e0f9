"""The national summary, its frozen content, and the documents drawn from it (ideas 6 and 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR
from municipalities.models import Role
from municipalities.querysets import ScopedManager
from reporting.models.reports import Report, Submission
from reporting.models.rounds import Round

if TYPE_CHECKING:
    from municipalities.access import Scope


class NationalSummary(models.Model):
    """A national summary of a round. ``submission_ids`` is the frozen set it was computed from (of this round and the
    earlier ones), ``register_ids`` the register rows (``participation``, ``plan``, ``support``), ``as_of`` their day,
    ``frozen_at`` the moment all were taken; with a figure's selector they lead home.

    ``assessment`` is Helsedirektoratet's own text, ``{"nb": {"status", "goals", "progress"}, "nn": {...}}``.
    """

    class Status(models.TextChoices):
        BUILDING = "building", _("Being made")
        FAILED = "failed", _("Not made")
        READY = "ready", _("Ready")
        SENT = "sent", _("Sent to the ministry")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="summaries")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BUILDING)
    assessment = models.JSONField(default=dict)
    submission_ids = models.JSONField(default=list)
    register_ids = models.JSONField(default=dict)
    as_of = models.DateField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_case = models.CharField(max_length=60, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["-round__reference_date", "-version"]
        verbose_name = _("national summary")
        verbose_name_plural = _("national summaries")
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="summary_version_once"),
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="sent_has_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Hdir sees all, the ministry those that are sent."""
        if scope.has(HDIR):
            return Q()
        return Q(status=cls.Status.SENT) if scope.has({Role.HOD}) else Q(pk__in=())


class SummaryContent(models.Model):
    """The content of a summary in one language, as canonical JSON with its hash, stored before anything is drawn."""

    summary = models.ForeignKey(NationalSummary, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(max_length=2)
    canonical = models.TextField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("content of a summary")
        verbose_name_plural = _("contents of summaries")
        constraints = [models.UniqueConstraint(fields=["summary", "language"], name="one_content_a_language")]

    def __str__(self) -> str:
        return f"{self.summary_id} {self.language}"


class Document(models.Model):
    """A file that is made by a job: the row is made first and says how far the job has come (idea 7).

    ``input_key`` names what it is made from (a content's hash, a Submission's hash), so the same question gives the
    same row. ``file`` is a random name under the document folder, never an address.
    """

    class Kind(models.TextChoices):
        SUMMARY = "summary", _("national summary")
        RECEIPT = "receipt", _("receipt")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being made now")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Did not work")

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
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
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

    def __str__(self) -> str:
        return f"{self.kind} {self.format} {self.input_key[:12]}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """A summary's file as the summary, a receipt as its report."""
        summaries = NationalSummary.objects.across_all(reason="subquery").filter(NationalSummary.visible_in(scope))
        reports = Report.objects.across_all(reason="subquery").filter(Report.visible_in(scope))
        return Q(summary__in=summaries) | Q(submission__report__in=reports)
