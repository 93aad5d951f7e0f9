"""What a municipality finds wrong in what is registered about it, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.models.people import MUNICIPAL_ROLES, Role
from municipalities.models.places import Municipality
from municipalities.querysets import ScopedManager

if TYPE_CHECKING:
    from municipalities.access import Scope


class CorrectionProposal(models.Model):
    """A proposal of a municipality to put a register right. The register changes only when somebody who may edit it
    does so; ``answer`` tells the municipality what came of it. ``about`` says which register."""

    class About(models.TextChoices):
        PLAN = "plan", _("plan and decisions")
        ANCHORING = "anchoring", _("anchoring in plans")
        PROGRESS = "progress", _("steps, phase and delay")
        NETWORK = "network", _("networks")
        SUPPORT = "support", _("support that was given")
        UNIT = "unit", _("name, number and contact")

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        DONE = "done", _("Put right")
        DECLINED = "declined", _("Left as it was")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="corrections")
    about = models.CharField(max_length=10, choices=About.choices)
    text = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_by_name = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    answered_by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()
    OF_PARTNERS = frozenset({About.NETWORK, About.SUPPORT})
    """What KS and USHT keep together with the statsforvalter, and so may read and answer proposals about."""

    class Meta:
        ordering = ["-id"]
        verbose_name = _("proposed correction")
        verbose_name_plural = _("proposed corrections")
        indexes = [models.Index(fields=["municipality", "status"])]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.about}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """A unit's own proposals; those of the region's units to the statsforvalter, and to KS and USHT where they
        are about networks and support; all to Helsedirektoratet. An evaluator reads registers, not what is said
        about them."""
        from municipalities.access import units_in  # it imports the models

        if scope.has({Role.HDIR, Role.HDIR_ADMIN}):
            return Q()
        whole = scope.only({*MUNICIPAL_ROLES, Role.STATSFORVALTER})
        partner = scope.only({Role.KS, Role.USHT})
        of_partners = units_in(partner, "municipality") & Q(about__in=sorted(cls.OF_PARTNERS))
        return units_in(whole, "municipality") | of_partners
