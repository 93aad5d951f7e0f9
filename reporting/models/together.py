"""How several people work on one report: who has which section, what they say to each other, and their time in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import MUNICIPAL
from municipalities.models import Role
from municipalities.querysets import ScopedManager
from reporting.models.reports import Report

if TYPE_CHECKING:
    from municipalities.access import Scope


class SectionAssignment(models.Model):
    """A section of the form that was handed to a colleague; ``done_at`` when she says that it is filled in."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="assignments")
    section = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_by_name = models.CharField(max_length=200)
    assigned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("section handed to a colleague")
        verbose_name_plural = _("sections handed to colleagues")
        constraints = [models.UniqueConstraint(fields=["report", "section"], name="one_hand_a_section")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.section}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The municipality's own."""
        return Q(report__municipality_id__in=scope.only(MUNICIPAL).municipality_ids)


class ReportMessage(models.Model):
    """A line of the talk about a report, at a question (``question`` empty: about the whole).

    Between ``colleagues`` it stays in the municipality; with the ``office`` the statsforvalter reads and answers it.
    """

    class Audience(models.TextChoices):
        COLLEAGUES = "colleagues", _("colleagues in the municipality")
        OFFICE = "office", _("the municipality and the statsforvalter")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="messages")
    question = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    text = models.TextField(max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=200)
    from_office = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("message about a report")
        verbose_name_plural = _("messages about reports")
        indexes = [models.Index(fields=["report", "question", "id"])]

    def __str__(self) -> str:
        return f"{self.report_id} {self.question}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The municipality all of its own; the statsforvalter's staff what is written to it or by it."""
        own = Q(report__municipality_id__in=scope.only(MUNICIPAL).municipality_ids)
        office = scope.only({Role.STATSFORVALTER}).office_ids
        return own | Q(audience="office", report__office_id__in=office)


class FormTime(models.Model):
    """Active seconds at one question of one report: somebody typed or chose lately and the page was in front.

    Nobody's name is kept; only sums leave the municipality's own page.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="times")
    question = models.CharField(max_length=40)
    seconds = models.PositiveIntegerField(default=0)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        verbose_name = _("time in the form")
        verbose_name_plural = _("times in the form")
        constraints = [models.UniqueConstraint(fields=["report", "question"], name="one_time_a_question")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.question}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The municipality's own."""
        return Q(report__municipality_id__in=scope.only(MUNICIPAL).municipality_ids)
