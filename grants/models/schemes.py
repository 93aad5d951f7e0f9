"""The grant schemes of a year, and the criteria that give priority in it (national plan 2021, chapter 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import MUNICIPAL, NATIONAL, REGIONAL
from municipalities.models import Role
from municipalities.querysets import ScopedManager
from reform.models import NamedInTwoLanguages

if TYPE_CHECKING:
    from municipalities.access import Scope

YEARS = Q(year__gte=2018, year__lte=2100)


class Public(models.Model):
    """Rows that are no secret to those who read registers; the ministry reads the summaries."""

    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        abstract = True

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        return Q() if scope.has(MUNICIPAL | REGIONAL | NATIONAL - {Role.HOD}) else Q(pk__in=())


class Scheme(Public, NamedInTwoLanguages):
    """A grant scheme in one year. ``key`` is the same from year to year, so that a scheme can be followed.

    ``chapter`` and ``post`` are those of the state budget (761 and 67). ``prioritised`` says whether the year's
    criteria decide who comes first. The window is the first and the last day on which one may apply.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    key = models.SlugField(_("key"), max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    chapter = models.CharField(_("chapter"), max_length=4)
    post = models.CharField(_("post"), max_length=3)
    target_group_nb = models.TextField(_("target group in bokmål"), blank=True)
    target_group_nn = models.TextField(_("target group in nynorsk"), blank=True)
    opens_on = models.DateField(_("applications from"), null=True, blank=True)
    closes_on = models.DateField(_("applications until"), null=True, blank=True)
    link = models.CharField(_("link"), max_length=500, blank=True)
    managed_by = models.CharField(_("managed by"), max_length=120, blank=True)
    prioritised = models.BooleanField(_("under the criteria for priority"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "order", "key"]
        verbose_name = _("grant scheme")
        verbose_name_plural = _("grant schemes")
        constraints = [
            models.UniqueConstraint(fields=["year", "key"], name="scheme_once_a_year"),
            models.CheckConstraint(condition=YEARS, name="scheme_year_is_sensible"),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="scheme_window_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.key}"


class SchemeException(Public, NamedInTwoLanguages):
    """What of a scheme the criteria do not touch. ``name`` says it in a sentence.

    ``begun``: those who have begun already are shielded, while the criteria come in gradually from ``from_year`` to
    ``to_year`` (2021-2023). ``outside``: a part of the scheme stands outside the criteria.
    """

    class Kind(models.TextChoices):
        BEGUN = "begun", _("already begun, shielded")
        OUTSIDE = "outside", _("a part outside the criteria")

    scheme = models.ForeignKey(Scheme, on_delete=models.CASCADE, related_name="exceptions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    from_year = models.PositiveSmallIntegerField(_("from year"), null=True, blank=True)
    to_year = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("exception of a grant scheme")
        verbose_name_plural = _("exceptions of grant schemes")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_year__isnull=True) | Q(to_year__isnull=True) | Q(to_year__gte=F("from_year")),
                name="exception_years_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.kind}"


class CriteriaYear(Public):
    """That a year has criteria for priority, and where they are from. Without such a row a year has none."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=300)
    note_nb = models.TextField(_("note in bokmål"), blank=True)
    note_nn = models.TextField(_("note in nynorsk"), blank=True)

    class Meta:
        ordering = ["-year"]
        verbose_name = _("criteria of a year")
        verbose_name_plural = _("criteria of the years")
        constraints = [models.CheckConstraint(condition=YEARS, name="criteria_year_is_sensible")]

    def __str__(self) -> str:
        return str(self.year)


class Criterion(Public):
    """One of the criteria of a year: ``code`` names the function in ``grants/criteria/``, ``settings`` what it is asked
    to accept (its own defaults where a key is missing). All criteria of a year must be met."""

    criteria = models.ForeignKey(CriteriaYear, on_delete=models.CASCADE, related_name="rows")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(default=0)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [models.UniqueConstraint(fields=["criteria", "code"], name="criterion_once_a_year")]

    def __str__(self) -> str:
        return f"{self.criteria_id} {self.code}"
