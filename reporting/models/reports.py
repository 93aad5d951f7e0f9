"""A unit's report in a round: the draft, the frozen Submissions and their typed Answers (idea 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR, MUNICIPAL, predecessors
from municipalities.models import Municipality, Office, Role
from municipalities.querysets import ScopedManager
from reporting.models.forms import FormVersion
from reporting.models.rounds import Round

if TYPE_CHECKING:
    from municipalities.access import Scope


class Report(models.Model):
    """One unit's report in one round, made when the round opens.

    ``office`` is the office that answered for the unit on the reference date. ``draft`` is a JSON document:
    ``{"fields": {key: {"value", "rev", "source", "by", "at", "raw", "error"}}, "comments": {finding key: text}}``
    where key is a question's code, or ``code:row`` for a row of a matrix. ``draft_version`` counts its changes.

    ``extended_to`` is the deadline of this report alone, where the statsforvalter has given it one, and why.
    From ``on_behalf_at`` the statsforvalter fills it in on behalf of the municipality, and why.
    """

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Sent in")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Approved")
        REOPENED = "reopened", _("Reopened")

    DELIVERED = (Status.SUBMITTED, Status.APPROVED, Status.REOPENED)
    """The states in which the last Submission counts in figures. What was approved counts on while it is reopened:
    it is the best that is known until the corrected report comes."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="reports")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="reports")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="reports")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    draft = models.JSONField(default=dict)
    draft_version = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    draft_saved_by = models.CharField(max_length=200, blank=True)
    current = models.ForeignKey("Submission", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    extended_to = models.DateField(null=True, blank=True)
    extension_reason = models.CharField(max_length=500, blank=True)
    on_behalf_at = models.DateTimeField(null=True, blank=True)
    on_behalf_reason = models.CharField(max_length=500, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["round", "office", "status"])]
        constraints = [
            models.UniqueConstraint(fields=["round", "municipality"], name="one_report_a_round"),
            models.CheckConstraint(
                condition=~Q(status__in=("submitted", "returned", "approved", "reopened")) | Q(current__isnull=False),
                name="sent_in_has_a_submission",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False), name="approved_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.municipality_id}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """A municipality sees its own, and what was sent in by those that it was made of; the statsforvalter those of
        its office, Hdir all; KS, USHT and the evaluator those that are sent in."""
        if scope.has(HDIR):
            return Q()
        mine = scope.only(MUNICIPAL)
        parts = predecessors(mine).values("old_id")
        own = Q(municipality_id__in=mine.municipality_ids) | Q(status__in=cls.DELIVERED, municipality_id__in=parts)
        region = Q(office_id__in=scope.only({Role.STATSFORVALTER}).office_ids)
        delivered = Q(status__in=cls.DELIVERED)
        partners = delivered & Q(office_id__in=scope.only({Role.KS, Role.USHT}).office_ids)
        evaluator = delivered if scope.has({Role.EVALUATOR}) else Q(pk__in=())
        return own | region | partners | evaluator

    @classmethod
    def editable_in(cls, scope: Scope) -> Q:
        """A municipality changes and sends in its own; the statsforvalter one that it has taken over on behalf of the
        municipality."""
        own = Q(municipality_id__in=scope.only(MUNICIPAL).municipality_ids)
        return own | Q(on_behalf_at__isnull=False, office_id__in=scope.only({Role.STATSFORVALTER}).office_ids)


class DraftChange(models.Model):
    """One saved value of one field of a draft: who changed what, and the value that lost a conflict."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="draft_changes")
    key = models.CharField(max_length=60)
    rev = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    lost = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("change of a draft")
        verbose_name_plural = _("changes of drafts")

    def __str__(self) -> str:
        return f"{self.report_id} {self.key} {self.rev}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The draft's own municipality only."""
        return Q(report__municipality_id__in=scope.only(MUNICIPAL).municipality_ids)


class Immutable(models.Model):
    """A row that is written once: saving it again is refused."""

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        """Write a new row; raises TypeError for one that is already stored."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is never changed after it is written")
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Submission(Immutable):
    """What was sent in, frozen: answers, form, hash, who, on behalf of whom, when, how many days late.

    ``answers`` holds what was visible, ``hidden`` what was filled in but hidden by its condition (kept, never counted);
    ``findings`` the warnings and remarks with their comments; ``changed`` the codes that differ from last round;
    ``extended_to`` the deadline of its own that held, and after which ``days_late`` are counted.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField()
    hidden = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    warning_count = models.PositiveSmallIntegerField(default=0)
    changed = models.JSONField(default=list)
    change_count = models.PositiveSmallIntegerField(default=0)
    nothing_new = models.BooleanField(default=False)
    answers_hash = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_by_name = models.CharField(max_length=200)
    on_behalf_of = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    days_late = models.PositiveSmallIntegerField(default=0)
    extended_to = models.DateField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.number}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """As its report."""
        return Q(report__in=Report.objects.across_all(reason="subquery").filter(Report.visible_in(scope)))


class Answer(Immutable):
    """One typed answer of a Submission. ``row`` is the solution's code in a matrix, else empty; a question with
    several answers has one row each. Exactly the fields of its kind are set: ``value`` (an option's key or a
    register row's id), ``number``, ``date`` or ``text``."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="answer_rows")
    question = models.CharField(max_length=40)
    row = models.CharField(max_length=12, blank=True)
    value = models.CharField(max_length=40, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    date = models.DateField(null=True)
    text = models.TextField(blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index(fields=["submission", "question", "row", "value"])]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.question}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """As its report."""
        return Q(submission__report__in=Report.objects.across_all(reason="subquery").filter(Report.visible_in(scope)))
