"""Helsedirektoratet chooses a figure, a grouping and a period, and gets table, chart, file and a permanent address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.templatetags.portal import NBSP, day, number
from municipalities.views import ScopedPage
from reporting.documents.charts import draw, draw_panels
from reporting.documents.content import Chart, Series
from reporting.documents.formats import format_share
from reporting.models import Round
from reporting.querysets import opened_rounds
from reporting.services import exploring
from reporting.services.exploring import COUNTRY, COUNTY, GROUPINGS, OFFICE, PLAN, Row
from reporting.services.indicators import Indicator, group_names, indicators
from reporting.services.rounds import form_spec
from reporting.views import shown

START = "kjerne:adopted"


@dataclass(frozen=True)
class Choice:
    """What the address asks for, after what is not said has got its usual value; ``faults`` are sentences about what is
    not known. With a fault nothing is counted."""

    indicator: str
    grouping: str
    first: str
    last: str
    faults: list[str] = field(default_factory=list)

    def url(self, **more: str) -> str:
        """The address that says all of it."""
        said = {"tall": self.indicator, "etter": self.grouping, "fra": self.first, "til": self.last, **more}
        return f"{reverse('explore')}?{urlencode(said)}"

    def figure_url(self, group: str, round_: Round) -> str:
        """The address of the page behind one figure of the table."""
        said = {"tall": self.indicator, "etter": self.grouping, "gruppe": group}
        return f"{reverse('explore_figure')}?{urlencode({**said, 'runde': round_.reference_date.isoformat()})}"


class Explore(ScopedPage):
    """``/utforsk/?tall=kjerne:adopted&etter=embete&fra=2021-11-01&til=2022-05-01``; ``&format=csv`` for the file."""

    right = "national.read"
    template_name = "reporting/results/explore.html"

    @cached_property
    def rounds(self) -> list[Round]:
        """The rounds that have been opened, the oldest first."""
        return opened_rounds(self.request.user, today=self.today)[::-1]

    @cached_property
    def known(self) -> dict[str, Indicator]:
        """What can be asked for: what the newest round asks."""
        newest = self.rounds[-1]
        return indicators(newest, form_spec(newest.form_version), shown.language(), now=self.now)

    @cached_property
    def choice(self) -> Choice:
        get, days = self.request.GET.get, [row.reference_date.isoformat() for row in self.rounds]
        asked = Choice(
            get("tall", START)[:120], get("etter", OFFICE)[:20],
            get("fra", days[max(0, len(days) - 2)])[:10], get("til", days[-1])[:10],
        )  # fmt: skip
        faults = asked.faults
        if asked.indicator not in self.known:
            faults.append(_("There is no figure of that name. Choose one from the list."))
        if asked.grouping not in GROUPINGS:
            faults.append(_("The figures cannot be grouped like that. Choose a grouping from the list."))
        faults += period_faults(asked.first, asked.last, days)
        return asked

    @property
    def period(self) -> list[Round]:
        return [row for row in self.rounds if self.choice.first <= row.reference_date.isoformat() <= self.choice.last]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.rounds:
            return self.render(self.template_name, {"rounds": []})
        if self.choice.faults:
            return self.render(self.template_name, self._context([]), status=400)
        rows = self._explored()
        style = request.GET.get("format", "")
        if style in FORMATS:
            return self._file(rows, style)
        return self.render(self.template_name, self._context(rows))

    @property
    def indicator(self) -> Indicator:
        return self.known[self.choice.indicator]

    def _linked(self, row: Row) -> dict[str, Any]:
        """A line of the table; each figure with the address of the page that explains it."""
        urls = [self.choice.figure_url(row.key, round_) for round_ in self.period]
        return {"key": row.key, "name": row.name, "cells": list(zip(row.cells, urls, strict=True))}

    def _explored(self) -> list[Row]:
        chosen = self.indicator
        return exploring.explore(
            self.period, select=exploring.select_of(chosen, self.choice.grouping), missing=chosen.missing,
            grouping=self.choice.grouping, questions=chosen.questions,
            form=form_spec(self.rounds[-1].form_version), now=self.now,
        )  # fmt: skip

    def _context(self, rows: list[Row]) -> dict[str, Any]:
        choice = self.choice
        names = group_names()
        chosen = self.known.get(choice.indicator)
        return {
            "rounds": self.rounds,
            "choice": choice,
            "faults": choice.faults,
            "groups": [(name, [i for i in self.known.values() if i.group == key]) for key, name in names.items()],
            "groupings": grouping_names().items(),
            "chosen": chosen,
            "days": [row.reference_date for row in self.period],
            "rows": rows,
            "table": [self._linked(row) for row in rows],
            "asked": bool(chosen and chosen.missing),
            "charts": charts_of(rows, self.period, chosen.label) if rows and chosen else {},
            "address": self.request.build_absolute_uri(choice.url()),
            "files": [(style, choice.url(format=style)) for style in FORMATS],
        }

    def _file(self, rows: list[Row], style: str) -> HttpResponse:
        """A line for each group and round."""
        heads = (_("Group"), _("Round"), _("Number"), _("Of units"), _("Share"), _("Not answered"))
        cells = [
            (row.name, round_.reference_date, one.n, one.of, one.share, one.missing)
            for row in rows
            for round_, one in zip(self.period, row.cells, strict=True)
            if one is not None
        ]
        facts = [
            (_("Which figure"), self.indicator.label),
            (_("Grouped by"), grouping_names()[self.choice.grouping]),
            (_("Period"), f"{day(self.period[0].reference_date)} – {day(self.period[-1].reference_date)}"),
            (_("Address"), self.request.build_absolute_uri(self.choice.url())),
        ]
        name = f"{_('figures')}-{self.choice.last}"
        return table_response(ListTable(self.indicator.label, heads, cells, facts), style, name)


def period_faults(first: str, last: str, days: Collection[str]) -> list[str]:
    """What is wrong with a period between two rounds, as sentences; ``days`` are the reference dates there are."""
    if not {first, last} <= set(days):
        return [_("There is no round of that date. Choose rounds from the lists.")]
    if first > last:
        return [_("The first round is later than the last. Choose a period that begins before it ends.")]
    return []


def grouping_names() -> dict[str, str]:
    """The groupings in words."""
    return {
        COUNTRY: _("Whole country"),
        OFFICE: _("Region (statsforvalter)"),
        COUNTY: _("County"),
        PLAN: _("Form of plan, by the register"),
    }


def charts_of(rows: list[Row], rounds: list[Round], title: str) -> dict[str, SafeString]:
    """The shares as a drawing: bars for one round, a small panel a group for several; these also ``narrow``, for
    a phone. The table says the same."""
    days = tuple(day(row.reference_date) for row in rounds)
    if len(rounds) == 1:
        shown_rows = [row for row in rows if row.cells[0] is not None]
        chart = Chart(
            "F1", "bars", title, tuple(row.name for row in shown_rows),
            (Series("share", title, tuple(one.share for row in shown_rows for one in row.cells if one)),), "", "",
            labels=tuple(_of(one) for row in shown_rows for one in row.cells if one), total=len(shown_rows) > 1,
        )  # fmt: skip
    else:
        chart = Chart(
            "F1", "trend", title, days,
            tuple(Series(row.key, row.name, tuple(_per_cent(one) for one in row.cells)) for row in rows), "", "",
        )  # fmt: skip
    alt = _("%(what)s, per cent of all in the group. %(country)s The table below has every figure.") % {
        "what": title, "country": _country(rows[0], days),
    }  # fmt: skip
    # every text in them is escaped where it is drawn
    drawings = {"wide": draw(chart, alt), "narrow": draw_panels(chart, alt) if len(rounds) > 1 else ""}
    return {name: mark_safe(svg) for name, svg in drawings.items()}


def _of(one: Any) -> str:
    return _("%(n)s of %(of)s") % {"n": number(one.n), "of": number(one.of)}


def _per_cent(one: Any) -> int | None:
    return None if one is None or one.share is None else int(one.share * 100 + Decimal("0.5"))


def _country(row: Row, days: tuple[str, ...]) -> str:
    parts = [f"{when}: {format_share(one.share)}" for when, one in zip(days, row.cells, strict=True) if one]
    return f"{row.name}: {', '.join(parts)}.".replace(NBSP, " ")
