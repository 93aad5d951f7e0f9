"""How the offices' earmarked funds are shared, and what was appropriated to whom. Amounts are in 1 000 kr."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.models.schemes import YEARS, Public
from municipalities.models import Municipality


class KeyTable(Public):
    """A table by municipality that funds can be shared by, read from a JSON-stat2 file of Statistics Norway (SSB).

    ``day`` is the day of the figures (population on 1 January); numbers in the file are those of that day.
    """

    class Key(models.TextChoices):
        POPULATION_67 = "population_67", _("inhabitants of 67 years and over")

    key = models.CharField(max_length=20, choices=Key.choices)
    day = models.DateField()
    title = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    read_by_name = models.CharField(max_length=200)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-id"]
        verbose_name = _("table to share funds by")
        verbose_name_plural = _("tables to share funds by")
        constraints = [models.UniqueConstraint(fields=["key", "day", "sha256"], name="key_table_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.day}"


class KeyValue(Public):
    """A municipality's figure in such a table."""

    table = models.ForeignKey(KeyTable, on_delete=models.CASCADE, related_name="values")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("figure of a municipality")
        verbose_name_plural = _("figures of municipalities")
        constraints = [models.UniqueConstraint(fields=["table", "municipality"], name="key_value_once")]

    def __str__(self) -> str:
        return f"{self.table_id} {self.municipality_id}"


class AllocationFormula(Public):
    """How a year's funds are shared among the offices: ``total`` in 1 000 kr, of which the parts take each a share.

    ``counted_on`` is the day on which offices and municipalities are counted.
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    total = models.PositiveIntegerField(_("in all, 1 000 kr"))
    counted_on = models.DateField(_("municipalities counted on"))
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["-year"]
        verbose_name = _("formula for the offices' funds")
        verbose_name_plural = _("formulas for the offices' funds")
        constraints = [models.CheckConstraint(condition=YEARS, name="formula_year_is_sensible")]

    def __str__(self) -> str:
        return str(self.year)


class AllocationPart(Public):
    """A part of the whole (1 000 kr) and what it is shared by: flat over the offices, by their number of
    municipalities, or by the figures of ``table``."""

    class Key(models.TextChoices):
        FLAT = "flat", _("the same to each office")
        MUNICIPALITIES = "municipalities", _("number of municipalities")
        TABLE = "table", _("figures of a table")

    formula = models.ForeignKey(AllocationFormula, on_delete=models.CASCADE, related_name="parts")
    order = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(_("shared by"), max_length=16, choices=Key.choices)
    amount = models.PositiveIntegerField(_("1 000 kr"))
    table = models.ForeignKey(KeyTable, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("part of a formula")
        verbose_name_plural = _("parts of formulas")
        constraints = [
            models.CheckConstraint(
                condition=Q(key="table", table__isnull=False) | (~Q(key="table") & Q(table__isnull=True)),
                name="only_a_table_part_has_a_table",
            )
        ]

    def __str__(self) -> str:
        return f"{self.formula_id} {self.key}"


class Appropriation(Public):
    """What a budget gave one receiver for one purpose, in 1 000 kr.

    ``occasion`` tells a year's budgets apart (``budget`` or the revised one of May, ``rnb``); ``receiver`` keys are the
    same from year to year, so that a receiver can be followed.
    """

    class Occasion(models.TextChoices):
        BUDGET = "budget", _("state budget")
        REVISED = "rnb", _("revised state budget")

    year = models.PositiveSmallIntegerField(_("year"))
    occasion = models.CharField(_("budget"), max_length=8, choices=Occasion.choices, default=Occasion.BUDGET)
    receiver = models.SlugField(_("key of the receiver"), max_length=40)
    receiver_nb = models.CharField(_("receiver in bokmål"), max_length=200)
    receiver_nn = models.CharField(_("receiver in nynorsk"), max_length=200)
    purpose_nb = models.CharField(_("purpose in bokmål"), max_length=300, blank=True)
    purpose_nn = models.CharField(_("purpose in nynorsk"), max_length=300, blank=True)
    amount = models.PositiveIntegerField(_("1 000 kr"))
    order = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["year", "occasion", "order", "id"]
        verbose_name = _("appropriation")
        verbose_name_plural = _("appropriations")
        constraints = [
            models.UniqueConstraint(fields=["year", "occasion", "receiver"], name="appropriation_once"),
            models.CheckConstraint(condition=YEARS, name="appropriation_year_is_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.receiver}"
