"""Municipalities, districts, counties and offices, each with dated versions (idea 1 of the design)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from municipalities.querysets import MunicipalityQuerySet, ScopedManager, VersionQuerySet
from reform.models import NamedInTwoLanguages

if TYPE_CHECKING:
    from municipalities.access import Scope


class Dated(models.Model):
    """A row that holds from ``valid_from`` to ``valid_to``, both days included; open when ``valid_to`` is null."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_valid_order",
            )
        ]


class Office(models.Model):
    """A statsforvalter's office (embete). Its name is dated: Fylkesmannen until the end of 2020."""

    key = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField()
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["order"]
        verbose_name = _("office of the statsforvalter")
        verbose_name_plural = _("offices of the statsforvalter")

    def __str__(self) -> str:
        return self.key

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The ten offices are public knowledge to everyone who is logged in with a role."""
        return Q()


class OfficeName(NamedInTwoLanguages, Dated):
    """The office's full name and the short one (``Oslo og Viken``) in a period."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="names")
    short_name = models.CharField(max_length=120)

    class Meta(Dated.Meta):
        verbose_name = _("name of an office")
        verbose_name_plural = _("names of offices")

    def __str__(self) -> str:
        return self.short_name


class County(Dated):
    """A county (fylke) with its number in a period; 2020 and 2024 changed both numbers and borders."""

    number = models.CharField(max_length=2)
    name = models.CharField(max_length=120)

    class Meta(Dated.Meta):
        verbose_name = _("county")
        verbose_name_plural = _("counties")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["number", "valid_from"], name="county_number_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Municipality(models.Model):
    """The identity of a unit that reports: a municipality, or one of Oslo's districts (bydeler).

    Number, name, county and office are versions. The identity stays through renumbering, so figures
    follow the municipality and not its number. A ``training`` one is made up: it takes part in test rounds and is in
    no list, map or figure. ``notice_language`` is the language in which it wants its notices (empty: each person's).
    """

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipality")
        DISTRICT = "district", _("district")
        TRAINING = "training", _("fictitious municipality for training")

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.MUNICIPALITY)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="districts")
    notice_language = models.CharField(
        max_length=2, choices=[("nb", "Bokmål"), ("nn", "Nynorsk")], blank=True, default=""
    )
    objects = ScopedManager.from_queryset(MunicipalityQuerySet)()
    scope_path = "id"

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("municipality", "training"), parent__isnull=True)
                | Q(kind="district", parent__isnull=False),
                name="only_districts_have_a_parent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_district(self) -> bool:
        return self.kind == self.Kind.DISTRICT


class MunicipalityVersion(Dated):
    """What a municipality was called, numbered and belonged to in a period.

    ``name`` is the Norwegian name, ``official_names`` the parallel names in order as
    ``[{"name": "Guovdageaidnu", "lang": "se"}, ...]``; ``display_name`` joins them. ``sort_key`` gives
    the Norwegian order (æ ø å last, aa as å) on every database.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="versions")
    number = models.CharField(_("number"), max_length=6)
    name = models.CharField(_("name"), max_length=120)
    official_names = models.JSONField(default=list)
    sort_key = models.CharField(max_length=240)
    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    organisation_number = models.CharField(max_length=9, blank=True)
    sami_area = models.BooleanField(default=False)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)
    objects = VersionQuerySet.as_manager()

    class Meta(Dated.Meta):
        ordering = ["sort_key", "number"]
        verbose_name = _("version of a municipality")
        verbose_name_plural = _("versions of municipalities")
        indexes = [models.Index(fields=["number"]), models.Index(fields=["valid_from", "valid_to"])]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["number", "valid_from"], name="number_once_a_day"),
            models.UniqueConstraint(fields=["municipality", "valid_from"], name="one_version_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def display_name(self) -> str:
        """All official names: ``Kautokeino – Guovdageaidnu``."""
        others = [entry["name"] for entry in self.official_names if entry["name"] != self.name]
        return " – ".join([self.name, *others])


class MunicipalityLink(models.Model):
    """How one identity continues in another: who was merged into, split from or moved to whom, and when."""

    class Kind(models.TextChoices):
        MERGER = "merger", _("merger")
        SPLIT = "split", _("split")
        RENUMBERING = "renumbering", _("renumbering")
        RENAMING = "renaming", _("renaming")
        BOUNDARY = "boundary", _("boundary adjustment")

    old = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="links_forward")
    new = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    old_number = models.CharField(max_length=6)
    new_number = models.CharField(max_length=6)

    class Meta:
        verbose_name = _("link between municipalities")
        verbose_name_plural = _("links between municipalities")
        constraints = [
            models.UniqueConstraint(fields=["old_number", "new_number", "on", "kind"], name="link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.old_number} → {self.new_number} ({self.kind}, {self.on:%Y-%m-%d})"
