"""Who opens the figures of a round, and who sees what those who reported get back."""

from __future__ import annotations

from django.utils import timezone

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.access.rows_review import sent_in
from tests.world import World


def opened(world: World, unit: Municipality) -> Target:
    """A report that is sent in, in a round whose figures are open."""
    report = sent_in(world, unit)
    report.round.figures_opened_at = timezone.now()
    report.round.save(update_fields=["figures_opened_at"])
    return Target(obj=report)


def opened_file(world: World, unit: Municipality) -> Target:
    report = opened(world, unit).obj
    return Target(obj=report, kwargs={"pk": report.pk, "style": "csv"})


def the_round(world: World, unit: Municipality) -> Target:
    return Target(obj=sent_in(world, unit).round, data={})


def any_round(world: World, unit: Municipality) -> Target:
    sent_in(world, unit)
    return Target(kwargs={})


def explored(world: World, unit: Municipality) -> Target:
    day = sent_in(world, unit).round.reference_date.isoformat()
    return Target(kwargs={}, data={"tall": "kjerne:adopted", "etter": "land", "gruppe": "total", "runde": day})


def explored_unit(world: World, unit: Municipality) -> Target:
    return Target(kwargs={"unit": unit.pk}, data=explored(world, unit).data)


ROWS = [
    Row("compare_rounds", "GET", "region.read", any_round),
    Row("explore", "GET", "national.read", any_round),
    Row("explore_figure", "GET", "figure.read", explored),
    Row("explore_figure_unit", "GET", "figure.read", explored_unit),
    Row("report_results", "GET", "report.read", opened),
    Row("report_results_file", "GET", "report.read", opened_file),
    Row("round_figures_open", "POST", "figures.open", the_round),
    Row("round_figures_close", "POST", "figures.open", the_round),
]
