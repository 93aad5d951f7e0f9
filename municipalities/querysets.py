"""How registers are read: as of a day, and within what a user may see. No other way in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, FilteredRelation, Q

if TYPE_CHECKING:
    from municipalities.models import User


def valid_on(day: date, prefix: str = "") -> Q:
    """The condition that a dated row holds on ``day`` (both ends included)."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})
    )


class ScopedManager(models.Manager[Any]):
    """The manager of rows that belong to somebody: ``visible_to`` is the way in, the other one is longer."""

    def visible_to(self, user: User, *, today: date) -> Any:
        """Rows that ``user`` may see on ``today``; none for a user without a valid role."""
        from municipalities.access import scope_of, visible_filter

        return self.get_queryset().filter(visible_filter(self.model, scope_of(user, today=today)))

    def across_all(self, *, reason: str) -> Any:
        """All rows, for a purpose that concerns nobody's own page; ``reason`` says which."""
        if not reason:
            raise ValueError("say why all rows are needed")
        return self.get_queryset()


class ChangesManager(ScopedManager):
    """Events that changed something: all that a page, a figure or a rule is to know of the trail."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(kind="change")


class ScopedDatedQuerySet(models.QuerySet[Any]):
    """Dated register rows."""

    def on(self, day: date) -> ScopedDatedQuerySet:
        """Rows that hold on ``day``."""
        return self.filter(valid_on(day))


class VersionQuerySet(models.QuerySet[Any]):
    """Versions of municipalities."""

    def on(self, day: date) -> VersionQuerySet:
        """Versions that hold on ``day``."""
        return self.filter(valid_on(day))

    def real(self) -> VersionQuerySet:
        """Without the made-up municipality for training: nobody is to find it among the others."""
        return self.exclude(municipality__kind="training")


class MunicipalityQuerySet(models.QuerySet[Any]):
    """Identities with what they were called, numbered and belonged to on a day."""

    def as_of(self, day: date) -> MunicipalityQuerySet:
        """The municipalities (not districts) that existed on ``day``: 422 in 2019, 356 in 2020-2023, 357 in 2024.

        Each row carries ``number``, ``name``, ``official_names``, ``sort_key``, ``county_number``,
        ``county_name``, ``office_id``, ``office_key``, ``organisation_number``, ``tile_column`` and
        ``tile_row`` of that day, in Norwegian order.
        """
        return self.units_as_of(day).filter(kind="municipality")

    def units_as_of(self, day: date) -> MunicipalityQuerySet:
        """All reporting units on ``day``: the municipalities and Oslo's 15 districts; no made-up ones."""
        return (
            self.exclude(kind="training")
            .annotate(version=FilteredRelation("versions", condition=valid_on(day, "versions__")))
            .filter(version__isnull=False)
            .annotate(
                number=F("version__number"),
                name=F("version__name"),
                official_names=F("version__official_names"),
                sort_key=F("version__sort_key"),
                county_number=F("version__county__number"),
                county_name=F("version__county__name"),
                office_id=F("version__office_id"),
                office_key=F("version__office__key"),
                organisation_number=F("version__organisation_number"),
                tile_column=F("version__tile_column"),
                tile_row=F("version__tile_row"),
            )
            .order_by("sort_key", "number")
        )
