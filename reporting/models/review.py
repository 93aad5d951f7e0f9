"""The statsforvalter's words about a report: comments, internal notes, and the judgement of each warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import MUNICIPAL
from municipalities.models import Role
from municipalities.querysets import ScopedManager
from reporting.models.reports import Report, Submission

if TYPE_CHECKING:
    from municipalities.access import Scope


class ReviewComment(models.Model):
    """A comment at a question (``question`` empty: on the whole report). The municipality sees it once the report
    is returned or approved (``shown_at``); an ``internal`` one it never sees."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="comments")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4000)
    internal = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("review comment")
        verbose_name_plural = _("review comments")

    def __str__(self) -> str:
        return f"{self.report_id} {self.question}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The office's own staff see all; the municipality those shown to it and not internal."""
        region = Q(report__office_id__in=scope.only({Role.STATSFORVALTER}).office_ids)
        own = Q(
            report__municipality_id__in=scope.only(MUNICIPAL).municipality_ids,
            internal=False,
            shown_at__isnull=False,
        )
        return region | own


class FindingReview(models.Model):
    """The statsforvalter's judgement of one warning of a Submission: is the explanation good enough."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="judgements")
    finding = models.CharField(max_length=80)
    accepted = models.BooleanField()
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    class Meta:
        verbose_name = _("judgement of a warning")
        verbose_name_plural = _("judgements of warnings")
        constraints = [models.UniqueConstraint(fields=["submission", "finding"], name="one_judgement_a_finding")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.finding}"
