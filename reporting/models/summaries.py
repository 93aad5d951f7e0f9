"""The national summary: how it is composed, its versions, and their frozen contents (idea 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR
from municipalities.models import Office, Role
from municipalities.querysets import ScopedManager
from reporting.models.reports import Immutable
from reporting.models.rounds import Round

if TYPE_CHECKING:
    from municipalities.access import Scope


class SummaryKind(models.TextChoices):
    """The two documents that Hdir sends to the ministry (Tillegg 40)."""

    HALF_YEAR = "half_year", _("Half-year note")
    YEARLY = "yearly", _("Yearly report")


class Composition(models.Model):
    """How Helsedirektoratet wants a note or a yearly report to be: one for each kind and round, edited until a version
    is made of it, which takes a copy.

    ``outline`` are the keys of the parts in their order (empty: all, in the usual order); ``assessment`` and
    ``remarks`` are Hdir's own words by language (``{"nb": {part or table: text}, "nn": {...}}``); ``risks`` is the risk
    of each task of the task matrix, ``{task: {"level": 1-4, "nb": text, "nn": text}}`` (Tillegg 40). ``edit_number``
    grows by each change, so that two editors cannot overwrite each other.
    """

    kind = models.CharField(max_length=10, choices=SummaryKind.choices, default=SummaryKind.HALF_YEAR)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="compositions")
    outline = models.JSONField(default=list, blank=True)
    assessment = models.JSONField(default=dict, blank=True)
    remarks = models.JSONField(default=dict, blank=True)
    risks = models.JSONField(default=dict, blank=True)
    edit_number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        verbose_name = _("composition of a summary")
        verbose_name_plural = _("compositions of summaries")
        constraints = [models.UniqueConstraint(fields=["kind", "round"], name="one_composition_a_round")]

    def __str__(self) -> str:
        return f"{self.kind} {self.round_id}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Hdir's own until a version is made of it."""
        return Q() if scope.has(HDIR) else Q(pk__in=())


class SentNeverChanges(TypeError):
    """Something would have changed a version that was sent to the ministry."""


class SummaryQuerySet(models.QuerySet[Any]):
    """Versions, among which those that were sent are neither changed nor deleted."""

    def update(self, **kwargs: Any) -> int:
        """Raises SentNeverChanges when one of the rows was sent."""
        _require_unsent(self)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises SentNeverChanges when one of the rows was sent."""
        _require_unsent(self)
        return super().delete()


def _require_unsent(rows: models.QuerySet[Any], path: str = "") -> None:
    if rows.filter(**{f"{path}sent_at__isnull": False}).exists():
        raise SentNeverChanges("what was sent to the ministry stays as it was")


class NationalSummary(models.Model):
    """One version of a note or yearly report. ``submission_ids`` is the frozen set it was computed from (of this round
    and the earlier ones), ``register_ids`` the register rows (``participation``, ``plan``, ``support``), ``as_of``
    their day, ``frozen_at`` the moment all were taken; with a figure's selector they lead home. ``inputs_hash`` is the
    SHA-256 over all of that and Hdir's words: the same inputs need no second version.

    ``claim`` grows with each worker that takes the job up and never goes back, so that it tells two of them apart;
    ``attempts`` counts them since a person asked for it. ``outline``, ``assessment``, ``remarks`` and ``risks`` are the
    copy of its Composition. What was sent stays as it
    was for ever: it can only be withdrawn with a reason, and another version ``replaces`` it.
    """

    Kind = SummaryKind

    class Status(models.TextChoices):
        BUILDING = "building", _("Being made")
        FAILED = "failed", _("Not made")
        CANCELLED = "cancelled", _("Cancelled")
        READY = "ready", _("Draft")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("Sent to the ministry")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MADE = (Status.READY, Status.APPROVED, Status.SENT, Status.WITHDRAWN)
    """The states in which the figures and the words are there."""

    kind = models.CharField(max_length=10, choices=SummaryKind.choices, default=SummaryKind.HALF_YEAR)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="summaries")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.BUILDING)
    outline = models.JSONField(default=list, blank=True)
    assessment = models.JSONField(default=dict)
    remarks = models.JSONField(default=dict, blank=True)
    risks = models.JSONField(default=dict, blank=True)
    submission_ids = models.JSONField(default=list)
    register_ids = models.JSONField(default=dict)
    inputs_hash = models.CharField(max_length=64, blank=True)
    as_of = models.DateField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_case = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdraw_reason = models.TextField(blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    change_note = models.TextField(blank=True, help_text=_("Why this version replaces one that was sent."))
    objects = ScopedManager.from_queryset(SummaryQuerySet)()

    KEPT = ("submission_ids", "register_ids")
    """The frozen sets: they are large, and are left out (``defer``) where only the version is told of."""

    WITHDRAWAL = frozenset({"status", "withdrawn_at", "withdraw_reason"})
    """All that is ever written on a version that was sent."""

    class Meta:
        ordering = ["-round__reference_date", "-version"]
        verbose_name = _("national summary")
        verbose_name_plural = _("national summaries")
        constraints = [
            models.UniqueConstraint(fields=["kind", "round", "version"], name="summary_version_once"),
            models.CheckConstraint(condition=~Q(status="sent") | Q(sent_at__isnull=False), name="sent_has_a_time"),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | (Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason="")),
                name="withdrawn_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row. Raises SentNeverChanges for one that was sent, but for its withdrawal."""
        if not self._state.adding:
            rows = NationalSummary.objects.get_queryset().filter(pk=self.pk)
            withdrawn = (
                self.status == self.Status.WITHDRAWN and set(kwargs.get("update_fields") or ()) == self.WITHDRAWAL
            )
            _require_unsent(rows.exclude(status=self.Status.SENT) if withdrawn else rows)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises SentNeverChanges for one that was sent."""
        _require_unsent(NationalSummary.objects.get_queryset().filter(pk=self.pk))
        return super().delete(*args, **kwargs)

    @property
    def replaced(self) -> NationalSummary | None:
        """The version that was sent instead of this one; None when there is none. Asks the database."""
        sent = self.replaced_by.filter(sent_at__isnull=False).order_by("sent_at")  # type: ignore[attr-defined]
        return sent.last()  # type: ignore[no-any-return]

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Hdir sees all, the ministry those that were sent to it, also when they are withdrawn later."""
        if scope.has(HDIR):
            return Q()
        return Q(sent_at__isnull=False) if scope.has({Role.HOD}) else Q(pk__in=())


class ContentQuerySet(models.QuerySet[Any]):
    """Contents, which are written once; those of a version that was sent are not deleted either."""

    def update(self, **kwargs: Any) -> int:
        """Raises TypeError, always."""
        raise TypeError("a content is never changed after it is written")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises SentNeverChanges when one of the rows was sent."""
        _require_unsent(self, "summary__")
        return super().delete()


class SummaryContent(Immutable):
    """The content of a summary in one language, as canonical JSON with its hash, stored before anything is drawn.

    With an ``office`` it is the content of that region's volume.
    """

    summary = models.ForeignKey(NationalSummary, on_delete=models.CASCADE, related_name="contents")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2)
    canonical = models.TextField()
    content_hash = models.CharField(max_length=64)
    objects = models.Manager.from_queryset(ContentQuerySet)()

    class Meta:
        verbose_name = _("content of a summary")
        verbose_name_plural = _("contents of summaries")
        constraints = [
            models.UniqueConstraint(
                fields=["summary", "language"], condition=Q(office__isnull=True), name="one_content_a_language"
            ),
            models.UniqueConstraint(
                fields=["summary", "office", "language"], condition=Q(office__isnull=False),
                name="one_volume_a_language",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["content_hash"])]

    def __str__(self) -> str:
        return f"{self.summary_id} {self.language}"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises SentNeverChanges for one of a version that was sent."""
        _require_unsent(SummaryContent.objects.filter(pk=self.pk), "summary__")
        return super().delete(*args, **kwargs)
