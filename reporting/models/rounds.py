"""The reporting rounds per 1 May and 1 November."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR
from municipalities.models import Role
from municipalities.querysets import ScopedManager
from reporting.models.forms import FormVersion

if TYPE_CHECKING:
    from municipalities.access import Scope


class RoundQuerySet(models.QuerySet[Any]):
    """Rounds, with the one question that every figure asks first."""

    def counted(self) -> RoundQuerySet:
        """The rounds that count: those of the reform, not those in which something was tried out."""
        return self.exclude(kind=Round.Kind.TEST)


class Round(models.Model):
    """A round: what is reported per ``reference_date``. All dates are Oslo days, the last day included.

    Whether it is coming, open or closed follows from the dates and is never stored (``reporting.timing``). It is
    composed until ``published_at``; from ``opens_on`` the reports are there (``opened_at``). A ``test`` round is never
    counted and can be wiped. ``closes_on`` is the last day on which a report can be sent in the first time,
    ``corrections_until`` the last day on which one that was returned or reopened can be sent in anew (without it:
    ``closes_on``); after both the round is locked, until Hdir's administrator opens it (``unlocked_until``). From
    ``figures_opened_at`` those who reported see their region's and the country's figures.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular", _("regular round")
        EXTRA = "extra", _("extra round")
        TEST = "test", _("test round")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.REGULAR)
    reference_date = models.DateField()
    opens_on = models.DateField()
    municipality_deadline = models.DateField()
    office_deadline = models.DateField()
    hdir_deadline = models.DateField()
    closes_on = models.DateField(help_text=_("The last day on which a report can be sent in or changed."))
    letter = models.CharField(max_length=200, blank=True)
    corrections_until = models.DateField(null=True, blank=True)
    unlocked_until = models.DateField(null=True, blank=True)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="rounds")
    regional_form = models.ForeignKey(
        FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="regional_rounds"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    figures_opened_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(RoundQuerySet)()

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
            ),
            models.CheckConstraint(
                condition=Q(corrections_until__isnull=True) | Q(corrections_until__gte=F("closes_on")),
                name="corrections_end_last",
            ),
            models.UniqueConstraint(
                fields=["reference_date"], condition=~Q(kind="test"), name="one_counted_round_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference_date:%Y-%m-%d}"

    @property
    def is_test(self) -> bool:
        return self.kind == self.Kind.TEST

    @property
    def locks_after(self) -> dt.date:
        """The last day on which anything of a municipality can be changed without Hdir's administrator."""
        return self.corrections_until or self.closes_on

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Published rounds are known to everyone who takes part in them; those that are composed to Hdir. The ministry
        reads the summaries."""
        if scope.has(HDIR):
            return Q()
        known = Q(published_at__isnull=False) | Q(opened_at__isnull=False)
        return known if scope.has(frozenset(Role.values) - {Role.HOD}) else Q(pk__in=())
