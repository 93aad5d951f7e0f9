"""The reporting rounds per 1 May and 1 November."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.models import Role
from municipalities.querysets import ScopedManager
from reporting.models.forms import FormVersion

if TYPE_CHECKING:
    from municipalities.access import Scope


class Round(models.Model):
    """A round: what is reported per ``reference_date``. All dates are Oslo days, the last day included.

    Whether it is coming, open or closed follows from the dates and is never stored (``reporting.timing``).
    """

    reference_date = models.DateField(unique=True)
    opens_on = models.DateField()
    municipality_deadline = models.DateField()
    office_deadline = models.DateField()
    hdir_deadline = models.DateField()
    closes_on = models.DateField(help_text=_("The last day on which a report can be sent in or changed."))
    letter = models.CharField(max_length=200, blank=True)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="rounds")
    opened_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["-reference_date"]
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    opens_on__lte=F("municipality_deadline"),
                    municipality_deadline__lte=F("office_deadline"),
                    office_deadline__lte=F("hdir_deadline"),
                    closes_on__gte=F("municipality_deadline"),
                ),
                name="round_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference_date:%Y-%m-%d}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Rounds are known to everyone who takes part in them; the ministry reads the summaries."""
        return Q() if scope.has(frozenset(Role.values) - {Role.HOD}) else Q(pk__in=())
