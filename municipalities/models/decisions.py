"""What a municipality has decided, dated. An approved report adds rows here (idea 4 of the design: ask once)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.models.places import Dated, Municipality
from municipalities.querysets import ScopedDatedQuerySet, ScopedManager
from reform.models import FocusArea, Solution


class FromReport(Dated):
    """A register row of a municipality. ``origin`` says where it came from: ``report:12/2`` (report, submission)
    or ``register``; together with what it is about it is unique, so approving twice adds nothing."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="%(class)s_set")
    origin = models.CharField(max_length=60)
    registered_at = models.DateTimeField()
    registered_by_name = models.CharField(max_length=200, blank=True)
    objects = ScopedManager.from_queryset(ScopedDatedQuerySet)()
    scope_path = "municipality"

    class Meta(Dated.Meta):
        abstract = True


class PlanDecision(FromReport):
    """The municipality's position on the reform in a period: ``valid_from`` is the day from which it holds."""

    class Status(models.TextChoices):
        OWN = "own", _("own plan or decision")
        INSIDE = "inside", _("inside another adopted plan")
        PROCESS = "process", _("process described, decision expected")
        NONE = "none", _("no plan")
        DECLINED = "declined", _("decided not to")

    status = models.CharField(max_length=10, choices=Status.choices)
    decided_on = models.DateField(null=True, blank=True)
    case_number = models.CharField(max_length=60, blank=True)
    link = models.CharField(max_length=500, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    process = models.TextField(blank=True)
    title = models.CharField(max_length=200, blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    elder_council_on = models.DateField(null=True, blank=True)
    elder_council = models.TextField(blank=True)

    class Meta(FromReport.Meta):
        abstract = False
        verbose_name = _("plan decision")
        verbose_name_plural = _("plan decisions")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "origin"], name="plan_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.status}"


class PlanDocument(models.Model):
    """A file that belongs to a plan decision: the case papers, where they have no address of their own.

    ``file`` is a random name under the document folder, never an address; the bytes never change.
    """

    decision = models.ForeignKey(PlanDecision, on_delete=models.PROTECT, related_name="documents")
    file = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()
    scope_path = "decision__municipality"

    class Meta:
        ordering = ["id"]
        verbose_name = _("document of a plan decision")
        verbose_name_plural = _("documents of plan decisions")
        constraints = [models.UniqueConstraint(fields=["decision", "sha256"], name="plan_document_once")]

    def __str__(self) -> str:
        return self.file_name


class PlanAnchoring(FromReport):
    """A plan type in which the reform is anchored (plan- og bygningsloven § 11-2 and the others) in a period.

    ``adopted_on`` is the day of the plan itself. A handlingsdel with økonomiplan covers four years and is revised
    every year: ``covers_from`` and ``covers_to`` are its first and last year. ``expected_on`` is for a plan in which
    the reform is to be taken in later; such a row is no anchoring yet (``is_expected``).
    """

    plan_type = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)
    adopted_on = models.DateField(null=True, blank=True)
    covers_from = models.PositiveSmallIntegerField(null=True, blank=True)
    covers_to = models.PositiveSmallIntegerField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    is_expected = models.BooleanField(default=False)
    link = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    decision = models.ForeignKey(
        PlanDecision, null=True, blank=True, on_delete=models.PROTECT, related_name="anchorings"
    )

    class Meta(FromReport.Meta):
        abstract = False
        verbose_name = _("anchoring in a plan")
        verbose_name_plural = _("anchorings in plans")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "plan_type", "origin"], name="anchoring_once"),
            models.CheckConstraint(
                condition=Q(covers_to__isnull=True) | Q(covers_from__isnull=True) | Q(covers_to__gte=F("covers_from")),
                name="anchoring_years_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.plan_type}"


class SolutionPosition(FromReport):
    """The municipality's position on one of the 25 solutions in a period."""

    solution = models.ForeignKey(Solution, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=20)
    decision = models.ForeignKey(
        PlanDecision, null=True, blank=True, on_delete=models.PROTECT, related_name="positions"
    )

    class Meta(FromReport.Meta):
        abstract = False
        verbose_name = _("position on a solution")
        verbose_name_plural = _("positions on solutions")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "solution", "origin"], name="position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.solution_id} {self.position}"


class AreaPosition(FromReport):
    """The municipality's position on one of the five focus areas as a whole in a period."""

    area = models.ForeignKey(FocusArea, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=20)
    decision = models.ForeignKey(
        PlanDecision, null=True, blank=True, on_delete=models.PROTECT, related_name="area_positions"
    )

    class Meta(FromReport.Meta):
        abstract = False
        verbose_name = _("position on a focus area")
        verbose_name_plural = _("positions on focus areas")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "area", "origin"], name="area_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.area_id} {self.position}"


class PhaseStatus(FromReport):
    """Step 1-5 and phase 2-4 of a municipality in a period, with its delay in months and the reason."""

    step = models.PositiveSmallIntegerField(null=True, blank=True)
    phase = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_months = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_reason = models.CharField(max_length=30, blank=True)
    note = models.TextField(blank=True)

    class Meta(FromReport.Meta):
        abstract = False
        verbose_name = _("step and phase")
        verbose_name_plural = _("steps and phases")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "origin"], name="phase_status_once"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} step {self.step}"
