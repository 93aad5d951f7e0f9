"""Two rounds side by side, for the country, a region or a municipality."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from municipalities.access import NATIONAL
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import UnitName, office_names, unit_names
from municipalities.templatetags.portal import day
from municipalities.views import ScopedPage
from reporting.models import Report, Round
from reporting.querysets import opened_rounds
from reporting.services import comparing
from reporting.services.comparing import Line
from reporting.services.exploring import Cell
from reporting.services.indicators import QUESTION, SOLUTION, group_names, indicators
from reporting.services.opening import figures_shown
from reporting.services.rounds import form_spec
from reporting.views import shown
from reporting.views.explore import period_faults

COUNTRY, REGION, UNIT = "land", "embete", "kommune"


@dataclass(frozen=True)
class Choice:
    """What the address asks for: whom (``land``, ``embete:<key>`` or ``kommune:<number>``), and the two rounds."""

    whom: str
    first: str
    last: str
    faults: list[str] = field(default_factory=list)

    def url(self, **more: str) -> str:
        """The address that says all of it."""
        said = {"hvem": self.whom, "fra": self.first, "til": self.last, **more}
        return f"{reverse('compare_rounds')}?{urlencode(said)}"


class CompareRounds(ScopedPage):
    """``/sammenlign/?hvem=embete:agder&fra=2021-11-01&til=2022-05-01``; ``&format=csv`` for the file.

    Those who work for the whole country compare all; the staff of a region compare it and its municipalities, and the
    country when the figures of both rounds are opened.
    """

    right = "region.read"
    template_name = "reporting/results/compare.html"

    @cached_property
    def rounds(self) -> list[Round]:
        """The rounds that have been opened, the oldest first."""
        return opened_rounds(self.request.user, today=self.today)[::-1]

    @cached_property
    def by_day(self) -> dict[str, Round]:
        return {row.reference_date.isoformat(): row for row in self.rounds}

    @cached_property
    def regions(self) -> dict[str, tuple[int, str]]:
        """The regions that the reader may compare: key to id and name."""
        names = office_names(self.rounds[-1].reference_date)
        mine = names if self.wide else {pk: names[pk] for pk in self.scope.office_ids if pk in names}
        return {office.key: (pk, office.short_name) for pk, office in mine.items()}

    @cached_property
    def units(self) -> dict[str, tuple[int, UnitName]]:
        """The municipalities that the reader may compare, by their number on the last round's reference date."""
        last = self.by_day.get(self.request.GET.get("til", ""), self.rounds[-1])
        ids = self.rows(Report).filter(round=last).values_list("municipality_id", flat=True)
        names = unit_names(set(ids), last.reference_date)
        return {name.number: (pk, name) for pk, name in sorted(names.items(), key=lambda entry: entry[1].sort_key)}

    @property
    def wide(self) -> bool:
        return self.scope.has(NATIONAL)

    def may_see_the_country(self, *rounds: Round) -> bool:
        """Whether the reader may see the country's figures of these rounds."""
        return self.wide or all(figures_shown(row, self.request.user, today=self.today) for row in rounds)

    @cached_property
    def choice(self) -> Choice:
        get, days = self.request.GET.get, list(self.by_day)
        usual = COUNTRY if self.wide else next((f"{REGION}:{key}" for key in self.regions), COUNTRY)
        asked = Choice(get("hvem", usual)[:80], get("fra", days[max(0, len(days) - 2)])[:10], get("til", days[-1])[:10])
        asked.faults.extend(period_faults(asked.first, asked.last, days))
        kind, _colon, key = asked.whom.partition(":")
        known = {REGION: self.regions, UNIT: self.units}.get(kind, {})
        if asked.whom != COUNTRY and key not in known:
            asked.faults.append(_("There is no such region or municipality among those you can compare."))
        elif asked.whom == COUNTRY and not asked.faults and not self.may_see_the_country(*self.pair(asked)):
            asked.faults.append(_("The figures of the country are not open yet for one of these rounds."))
        return asked

    def pair(self, choice: Choice) -> tuple[Round, Round]:
        return self.by_day[choice.first], self.by_day[choice.last]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.rounds:
            return self.render(self.template_name, {"rounds": []})
        if self.choice.faults:
            return self.render(self.template_name, self._context([]), status=400)
        lines = self._lines()
        style = request.GET.get("format", "")
        if style in FORMATS:
            return self._file(lines, style)
        return self.render(self.template_name, self._context(lines))

    @property
    def unit(self) -> tuple[int, UnitName] | None:
        return self.units.get(self.choice.whom.removeprefix(f"{UNIT}:")) if self.choice.whom.startswith(UNIT) else None

    @property
    def name(self) -> str:
        """Whom it is about, in words."""
        if self.choice.whom == COUNTRY:
            return _("The whole country")
        if self.unit:
            return self.unit[1].display_name
        return self.regions[self.choice.whom.partition(":")[2]][1]

    def _lines(self) -> list[Line]:
        old, new = self.pair(self.choice)
        form = form_spec(new.form_version)
        return comparing.compare(
            old, new, among=indicators(new, form, shown.language(), now=self.now).values(), form=form, now=self.now,
            unit=self.unit[0] if self.unit else None,
            office=self.choice.whom.partition(":")[2] if self.choice.whom.startswith(REGION) else "",
        )  # fmt: skip

    def _answers(self) -> comparing.Answers | None:
        """What the municipality answered, where both reports are sent in and the reader may read them."""
        if self.unit is None:
            return None
        rows = self.rows(Report).filter(municipality=self.unit[0], round__in=self.pair(self.choice))
        rows = rows.select_related("round", "current__form_version").defer("current__form_version__definition")
        found = {row.round_id: row for row in rows if row.status in Report.DELIVERED}
        old, new = (found.get(row.pk) for row in self.pair(self.choice))
        return comparing.compare_answers(old, new, language=shown.language()) if old and new else None

    def _context(self, lines: list[Line]) -> dict[str, Any]:
        choice, answers = self.choice, self._answers() if lines else None
        parts: list[tuple[str, str, list[Line]]] = [
            (key, name, [line for line in lines if line.indicator.group == key]) for key, name in group_names().items()
        ]
        pairs = [pair for section in answers.sections for pair in section.pairs] if answers else []
        return {
            "rounds": self.rounds,
            "choice": choice,
            "faults": choice.faults,
            "country": self.may_see_the_country(*self.rounds[-2:]) or choice.whom == COUNTRY,
            "regions": [(f"{REGION}:{key}", name) for key, (_pk, name) in self.regions.items()],
            "units": [(f"{UNIT}:{number}", name) for number, (_pk, name) in self.units.items()],
            "lines": lines,
            "name": self.name if lines else "",
            "one": self.unit is not None,
            "old": self.by_day.get(choice.first),
            "new": self.by_day.get(choice.last),
            "open_parts": [part for part in parts if part[2] and part[0] not in (SOLUTION, QUESTION)],
            "folded": [part for part in parts if part[2] and part[0] in (SOLUTION, QUESTION)],
            "answers": answers,
            "changed": [pair for pair in pairs if pair.changed],
            "same": [pair for pair in pairs if not pair.changed],
            "files": [(style, choice.url(format=style)) for style in FORMATS],
            "address": self.request.build_absolute_uri(choice.url()),
        }

    def _file(self, lines: list[Line], style: str) -> HttpResponse:
        old, new = (day(row.reference_date) for row in self.pair(self.choice))
        heads = [
            _("Part"), _("Which figure"), old, _("Of units"), _("Not answered"), new, _("Of units"), _("Not answered"),
            _("Changed by"),
        ]  # fmt: skip
        names = group_names()
        rows = [
            (names[line.indicator.group], line.indicator.label, *_cells(line.old), *_cells(line.new), line.change)
            for line in lines
        ]
        facts = [(_("About"), self.name), (_("Rounds"), f"{old}, {new}"), (_("Taken out"), day(self.today))]
        return table_response(ListTable(f"{self.name}: {old} – {new}", heads, rows, facts), style, _("comparison"))


def _cells(one: Cell | None) -> tuple[int | None, int | None, int | None]:
    return (None, None, None) if one is None else (one.n, one.of, one.missing)
