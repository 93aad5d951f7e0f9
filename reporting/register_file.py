"""The list of municipalities as a file: the same rows as on the page, each with its day and its borders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.border_words import borders_words
from municipalities.names import display_name
from municipalities.render_table import ListTable
from municipalities.vocabulary import PHASES, STEPS, word
from reporting.register_list import MIXED, Part, UnitRow

PLAN_WORDS = {
    "own": gettext_lazy("Own plan"),
    "inside": gettext_lazy("In another plan"),
    "process": gettext_lazy("Process described"),
    "none": gettext_lazy("No plan"),
    "declined": gettext_lazy("Decided not to"),
    MIXED: gettext_lazy("Listed for each part"),
}


def file_name(day: dt.date) -> str:
    """``kommuner-2022-05-01``."""
    return f"kommuner-{day.isoformat()}"


def list_table(
    rows: Sequence[UnitRow],
    *,
    day: dt.date,
    today: dt.date,
    borders: str,
    filters: Sequence[tuple[str, str]] = (),
) -> ListTable:
    """``rows`` in their order, with the filters that chose them as lines above. CSV has no such lines, so day and
    borders are columns as well."""
    said = borders_words(borders, day, today)
    heads = [
        _("Number"), _("Name"), _("Kind"), _("County"), _("Office"), _("Plan status"), _("Decided on"),
        _("Decision expected on"), _("Solutions taken up, of 25"), _("Step"), _("Phase"),
        _("Months behind its own plan"), _("Networks"), _("Planned networks"), _("Support since 2019, times"),
        _("Last support"), _("Last report"), _("Parts of then"), _("As of"), _("Borders"),
    ]  # fmt: skip
    facts = [(_("As of"), f"{day:%d.%m.%Y}"), (_("Borders"), said), *filters]
    return ListTable(
        title=_("Municipalities"), heads=heads, rows=[[*_cells(row), day, said] for row in rows], facts=facts
    )


def _cells(row: UnitRow) -> list[Any]:
    return [
        row.number, row.full_name, _("district") if row.district else _("municipality"), row.county, row.office,
        plan_words(row.plan), row.decided_on, row.expected_on, row.positions, word_or_none(STEPS, row.step),
        word_or_none(PHASES, row.phase), row.delay, row.networks, row.planned, row.support, row.last_support,
        row.last_report, _parts(row),
    ]  # fmt: skip


def plan_words(plan: str) -> str:
    """A plan status in words, with a capital."""
    return str(PLAN_WORDS.get(plan, _("Nothing registered")))


def word_or_none(words: Any, key: int | None) -> str | None:
    """A step or phase in words; None where there is none."""
    return word(words, key) if key else None


def _parts(row: UnitRow) -> str:
    said = "; ".join(_part(part) for part in row.parts)
    if row.leads_to:
        said = _("Split since, now part of %(names)s") % {"names": ", ".join(row.leads_to)}
    if row.also_from:
        also = _("A part of %(names)s, whose figures stand by themselves") % {"names": ", ".join(row.also_from)}
        said = f"{said}; {also}" if said else also
    return said


def _part(part: Part) -> str:
    return f"{part.number} {display_name(part.name, part.official_names)}: {plan_words(part.plan)}"
