"""The five risk patterns: the region's list, and one municipality's page. Internal to the statsforvalter and Hdir."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from municipalities.access import NATIONAL, can
from municipalities.border_words import THEN, TODAY, Switch, borders_words, holding, switch
from municipalities.models import Municipality
from municipalities.readings import read_logged
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import office_names, unit_with_number
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedPage, ScopedView
from reporting.answers import format_answer
from reporting.documents import rules, texts
from reporting.form_spec import FormSpec, local
from reporting.forms_risk import RiskForm
from reporting.models import RiskAssessment, Submission
from reporting.querysets import opened_rounds
from reporting.risk_borders import RiskBorders
from reporting.risk_list import STATES, VIEWS, Query, RiskList, file_heads, file_rows, risk_list
from reporting.services.risk import RiskRow, UnitRisk, assessments_of, risk_assess, risk_units
from reporting.services.rounds import form_spec


def list_url(query: Query, **changes: Any) -> str:
    """The address of the list with changes to what it shows."""
    parameters = query.parameters(**changes)
    return reverse("risk_list") + (f"?{urlencode(parameters)}" if parameters else "")


class RiskListPage(ScopedPage):
    """``/risiko/``: the region's units and the five patterns; ``?format=xlsx`` or ``csv`` for the file."""

    right = "risk.read"
    template_name = "reporting/risk/list.html"

    @cached_property
    def offices(self) -> dict[str, str]:
        """The offices' short names by key."""
        return {row.key: row.short_name for row in office_names(self.today).values()}

    @cached_property
    def national(self) -> bool:
        return self.scope.has(NATIONAL)

    @cached_property
    def query(self) -> Query:
        return Query.read(self.request.GET.get)

    @cached_property
    def day(self) -> dt.date:
        """The reference date of the newest round, for the borders of then; today before the first one."""
        rounds = opened_rounds(self.request.user, today=self.today)
        return min(rounds[0].reference_date, self.today) if rounds else self.today

    @cached_property
    def gathered(self) -> RiskBorders:
        return RiskBorders(user=self.request.user, day=self.day, today=self.today)

    @property
    def borders(self) -> str:
        """``da`` or ``na``; where it makes no difference the table stands as it is today."""
        return holding(self.query.borders if self.gathered.differs else TODAY, self.day, self.today)

    @cached_property
    def listing(self) -> RiskList:
        return risk_list(self.gathered.units(self.borders), self.query)

    def _switch(self) -> Switch:
        parts = _(
            "A municipality that has merged since has a line for each part, with the part's own patterns, until it has "
            "sent in a report itself. A municipality that was split since stays itself."
        )
        found = switch(
            self.borders, day=self.day, today=self.today, differs=self.gathered.differs,
            url=lambda borders: list_url(self.query, borders=borders, page=1),
            sentence=parts if self.borders == TODAY else "",
        )  # fmt: skip
        return found if self.gathered.differs else replace(found, choices=())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read_logged(request, None, "risk_list_read")
        style = request.GET.get("format", "")
        if style not in FORMATS:
            return self.render(self.template_name, self.get_context())
        borders = borders_words(self.borders, self.day, self.today)
        rows = file_rows(self.listing.hits, self.offices, borders)
        facts = [(_("As of"), day_words(self.today)), (_("Borders"), borders)]
        facts += [(_("Internal"), _("not for the municipality or the public"))]
        facts += [(str(what), str(value)) for what, value in self._in_words()]
        table = ListTable(_("Risk patterns"), file_heads(), rows, facts)
        name = _("risk-patterns")
        return table_response(table, style, f"{name}-{self.today:%Y-%m-%d}")

    def get_context(self) -> dict[str, Any]:
        query, listing = self.query, self.listing
        joined = list_url(query, page=1)
        return {
            "query": query,
            "switch": self._switch(),
            "kept_borders": query.borders if query.borders == THEN else "",
            "list": listing,
            "national": self.national,
            "views": [
                (label, list_url(query, view=key, page=1), key == query.view, listing.counts[key])
                for key, label, _test in VIEWS
            ],
            "patterns": [(row.key, row.name, row.key == query.pattern) for row in listing.sums],
            "states": [(key, label, key == query.state) for key, (label, _test) in STATES.items()],
            "offices": [(key, name, key == query.office) for key, name in self.offices.items()],
            "rows": [(unit, self.offices.get(unit.office_key, "")) for unit in listing.rows],
            "sums": [
                (
                    row,
                    [(row.states[key], list_url(query, pattern=row.key, state=key, view="", page=1)) for key in _SUMS],
                )
                for row in listing.sums
            ],
            "sum_heads": [STATES[key][0] for key in _SUMS],
            "rules": pattern_rules(),
            "reset_url": list_url(Query(view=query.view, borders=query.borders)),
            "pages": [
                (number, list_url(query, page=number), number == listing.page) for number in range(1, listing.pages + 1)
            ],
            "files": [(style, f"{joined}{'&' if '?' in joined else '?'}format={style}") for style in FORMATS],
            "may_assess": bool(can(self.request.user, "risk.assess", today=self.today)),
        }

    def _in_words(self) -> list[tuple[Any, Any]]:
        query = self.query
        names = {row.key: row.name for row in self.listing.sums}
        said = [
            (_("Search"), query.search),
            (_("Office"), self.offices.get(query.office, query.office)),
            (_("Pattern"), names.get(query.pattern, "")),
            (_("State"), STATES[query.state][0] if query.state else ""),
            (_("Shown"), next(label for key, label, _test in VIEWS if key == query.view) if query.view else ""),
        ]
        return [(what, value) for what, value in said if value]


_SUMS = ("sett", "kjenner", "delvis", "avvist", "venter")


@dataclass(frozen=True)
class PatternPart:
    """One pattern on the page of a unit: the row, the answers in words, its earlier judgements, and the form."""

    row: RiskRow
    answers: list[tuple[str, str]]
    earlier: list[RiskAssessment]
    form: RiskForm | None
    open: bool


class RiskUnitPage(ScopedView):
    """``/kommune/3004/risiko/``: what each rule says of one unit and on which answers, and the judgements."""

    right = "risk.read"
    model = Municipality
    template_name = "reporting/risk/unit.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        found = self.found(number)
        if found.number != number:
            return redirect("risk_unit", number=found.number)
        read_logged(request, self.unit, "risk_read")
        return self.page(found)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        found = self.found(number)
        if not (decision := can(request.user, "risk.assess", self.unit, today=self.today)):
            raise PermissionDenied(decision.reason)
        pattern = request.POST.get("pattern", "")
        if pattern not in rules.PATTERN_BY_KEY:
            raise Http404
        form = RiskForm(request.POST, prefix=pattern, use_required_attribute=False)
        if form.is_valid():
            try:
                risk_assess(unit=self.unit, pattern=pattern, actor=request.user, now=self.now, **form.texts())
            except ValidationError as refused:
                form.take_faults(refused.message_dict)
            else:
                messages.success(request, _("The judgement is kept."))
                return redirect(f"{reverse('risk_unit', args=[found.number])}#{pattern}")
        return self.page(found, failed=(pattern, form), status=422)

    def found(self, number: str) -> UnitRisk:
        """The unit that the number belongs to, today or on another day, with its patterns."""
        named = unit_with_number(number, self.today)
        if named is None:
            raise Http404
        self.unit = self.get_object(pk=named[0])
        found = risk_units(user=self.request.user, today=self.today, unit=self.unit)
        if not found:
            raise Http404  # a unit that is no more has no latest answers to judge
        return found[0]

    def page(self, found: UnitRisk, failed: tuple[str, RiskForm] | None = None, status: int = 200) -> HttpResponse:
        submission = self._submission(found)
        spec = form_spec(submission.form_version) if submission else None
        kept = assessments_of(unit=self.unit, user=self.request.user, today=self.today)
        may = bool(can(self.request.user, "risk.assess", self.unit, today=self.today))
        parts = [self._part(row, spec, kept.get(row.key, []), found, failed, may) for row in found.rows]
        context = {
            "found": found,
            "parts": parts,
            "submission": submission,
            "may_assess": may,
            "failed": failed[1] if failed else None,
        }
        return self.render(self.template_name, context, status=status)

    def _submission(self, found: UnitRisk) -> Submission | None:
        rows = self.rows(Submission).select_related("form_version", "report__round").filter(pk=found.submission)
        return rows.first()  # type: ignore[no-any-return]

    def _part(
        self,
        row: RiskRow,
        spec: FormSpec | None,
        kept: list[RiskAssessment],
        found: UnitRisk,
        failed: tuple[str, RiskForm] | None,
        may: bool,
    ) -> PatternPart:
        form: RiskForm | None = None
        wrong = failed is not None and failed[0] == row.key
        if may:
            initial = {"submission": found.submission}
            form = (
                failed[1]
                if failed and wrong
                else RiskForm(prefix=row.key, initial=initial, use_required_attribute=False)
            )
        return PatternPart(row, answer_words(row, spec), kept[1:], form, wrong or row.waits)


def answer_words(row: RiskRow, spec: FormSpec | None) -> list[tuple[str, str]]:
    """The questions that a pattern rests on, with the answers, in the language in use."""
    language = "nn" if (get_language() or "nb").startswith("nn") else "nb"
    words = []
    for code, values in row.answers.items():
        if spec is None or not spec.has(code):
            continue
        question = spec.question(code)
        value: Any = list(values) if question.kind == "several_of" else next(iter(values), None)
        words.append((local(question.text, language), format_answer(question, value, language)))
    return words


def pattern_rules() -> list[tuple[str, str, str, int]]:
    """Each rule in words: key, name, when it sees the pattern, and its version."""
    names = texts.patterns(_)
    return [(pattern.key, *names[pattern.key], pattern.version) for pattern in rules.PATTERNS]
