"""What a municipality has decided, dated. An approved report adds rows here (idea 4 of the design: ask once)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.models.places import Dated, Municipality
from municipalities.querysets import ScopedDatedQuerySet, ScopedManager
from reform.models import Solution


class FromReport(Dated):
    """A register row of a municipality. ``origin`` says where it came from: ``report:12/2`` (report, submission)
    or ``register``; together with what it is about it is unique, so approving twice adds nothing."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="%(class)s_set")
    origin = models.CharField(max_length=60)
    registered_at = models.DateTimeField()
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


class PlanAnchoring(FromReport):
    """A plan type in which the reform is anchored (plan- og bygningsloven § 11-2 and the others) in a period."""

    plan_type = models.CharField(max_length=20)

    class Meta(FromReport.Meta):
        abstract = False
        verbose_name = _("anchoring in a plan")
        verbose_name_plural = _("anchorings in plans")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "plan_type", "origin"], name="anchoring_once"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.plan_type}"


class SolutionPosition(FromReport):
    """The municipality's position on one of the 25 solutions in a period."""

    solution = models.ForeignKey(Solution, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=20)

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


class PhaseStatus(FromReport):
    """Step 1-5 and phase 2-4 of a municipality in a period, with its delay in months and the reason."""

    step = models.PositiveSmallIntegerField(null=True, blank=True)
    phase = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_months = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_reason = models.CharField(max_length=30, blank=True)

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
