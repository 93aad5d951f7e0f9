"""What is known of applications, which are handled elsewhere, and the Excel lists that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.models.priority import unit_or_region
from grants.models.schemes import YEARS, Scheme
from municipalities.access import HDIR
from municipalities.models import Municipality
from municipalities.querysets import ScopedManager

if TYPE_CHECKING:
    from municipalities.access import Scope


class ApplicationList(models.Model):
    """An Excel list that was read: what it would change, kept until Hdir confirms or throws it away.

    ``plan`` holds the read lines and the state of the register they were read against, so that a list is taken in
    as it was shown, or refused when the register has changed since.
    """

    class Status(models.TextChoices):
        READ = "read", _("read, not taken in")
        TAKEN_IN = "taken_in", _("taken in")
        DISCARDED = "discarded", _("thrown away")

    year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READ)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    plan = models.JSONField(default=dict)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    read_by_name = models.CharField(max_length=200)
    read_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("list of applications")
        verbose_name_plural = _("lists of applications")
        constraints = [models.CheckConstraint(condition=YEARS, name="application_list_year_is_sensible")]

    def __str__(self) -> str:
        return f"{self.year} {self.file_name}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        return Q() if scope.has(HDIR) else Q(pk__in=())


class GrantApplication(models.Model):
    """What is known of one municipality's application to one scheme. Amounts are whole kroner, null where not known.

    ``shielded`` says that the criteria do not touch it (courses already begun). ``list`` is the Excel list that it
    was last taken in from.
    """

    class Status(models.TextChoices):
        APPLIED = "applied", _("applied")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="applications")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="grant_applications")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    applied_kr = models.PositiveBigIntegerField(_("amount applied for, in kroner"), null=True, blank=True)
    granted_kr = models.PositiveBigIntegerField(_("amount granted, in kroner"), null=True, blank=True)
    shielded = models.BooleanField(_("shielded"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    list = models.ForeignKey(ApplicationList, null=True, blank=True, on_delete=models.PROTECT, related_name="rows")
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=200, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["scheme", "municipality"]
        verbose_name = _("application for a grant")
        verbose_name_plural = _("applications for grants")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "municipality"], name="application_once"),
            models.CheckConstraint(
                condition=Q(granted_kr__isnull=True) | Q(status="granted"), name="only_what_is_granted_has_a_grant"
            ),
            models.CheckConstraint(
                condition=(Q(applied_kr__isnull=True) | Q(applied_kr__gte=0))
                & (Q(granted_kr__isnull=True) | Q(granted_kr__gte=0)),
                name="application_amounts_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.municipality_id} {self.status}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        return unit_or_region(scope, "municipality")
