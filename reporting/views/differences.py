"""Where reports and registers say different things: the list of a round, for the statsforvalter and Hdir."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import NATIONAL
from municipalities.border_words import PARAMETER, THEN, TODAY, Switch, borders_words, holding, read_borders, switch
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedPage
from reporting.models import Round
from reporting.querysets import chosen_round, opened_rounds
from reporting.services.disagreement import SUBJECTS, Difference, round_differences, why_words
from reporting.todays_units import TodaysUnits, matches_text

PER_PAGE = 50
VIEWS = (
    ("", gettext_lazy("Need a look"), lambda entry: not entry.explained),
    ("venter", gettext_lazy("Wait for approval"), lambda entry: entry.explained),
    ("alle", gettext_lazy("All"), lambda entry: True),
)
PARAMETERS = {
    "round": "runde", "view": "vis", "search": "q", "office": "embete", "subject": "gjelder", "page": "side",
    "borders": PARAMETER,
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """What the address asks for; anything unknown in it counts as not said. ``round`` is a reference date."""

    round: str = ""
    view: str = ""
    search: str = ""
    office: str = ""
    subject: str = ""
    page: int = 1
    borders: str = THEN

    @classmethod
    def read(cls, get: Any) -> Query:
        """From a request's parameters: ``get(name, default)``."""
        view, subject, page = get("vis", ""), get("gjelder", ""), get("side", "1")
        return cls(
            round=get("runde", "")[:10],
            view=view if view in {key for key, _label, _test in VIEWS} else "",
            search=" ".join(get("q", "").replace("\0", "").split())[:80],
            office=get("embete", "")[:60],
            subject=subject if subject in SUBJECTS else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            borders=read_borders(get),
        )

    def url(self, **changes: Any) -> str:
        """The address of the list with changes to what it shows."""
        changed = replace(self, **changes)
        said = {
            PARAMETERS[field.name]: str(getattr(changed, field.name))
            for field in fields(self)
            if getattr(changed, field.name) != field.default
        }
        return reverse("register_differences") + (f"?{urlencode(said)}" if said else "")

    def matches(self, entry: Difference) -> bool:
        """Whether the filters leave a difference (the ready-made views apart)."""
        if not matches_text(entry, self.search.casefold()):
            return False
        return self.office in ("", entry.office_key) and self.subject in ("", entry.subject)


class RegisterDifferences(ScopedPage):
    """``/avvik/?runde=2022-05-01``; ``&format=xlsx`` or ``csv`` for the file. Thirteen queries, whatever the size."""

    right = "report.review"
    template_name = "reporting/risk/differences.html"

    @cached_property
    def rounds(self) -> list[Round]:
        return opened_rounds(self.request.user, today=self.today)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.query = Query.read(request.GET.get)
        self.round, _before = chosen_round(self.rounds, self.query.round)
        if self.round is None and self.rounds:
            self.round, self.query = self.rounds[0], replace(self.query, round="")
        every = [] if self.round is None else self._all(self.round)
        here = [entry for entry in every if self.query.matches(entry)]
        test = next(test for key, _label, test in VIEWS if key == self.query.view)
        hits = [entry for entry in here if test(entry)]
        style = request.GET.get("format", "")
        if style in FORMATS and self.round is not None:
            return self._file(self.round, hits, style)
        return self.render(self.template_name, self._context(every, here, hits))

    def _all(self, round_: Round) -> list[Difference]:
        """Every difference in the borders that hold. Nothing is summed: each part of a merger keeps its own lines."""
        day = round_.reference_date
        found = round_differences(round_=round_, user=self.request.user, today=self.today)
        self.query = replace(self.query, borders=holding(self.query.borders, day, self.today))
        units = TodaysUnits(day, self.today)
        self.differs = units.differ(entry.unit for entry in found)
        if self.query.borders == TODAY:
            found = sorted(map(units.moved, found), key=lambda entry: (entry.sort_key, entry.number))
        return found

    def _switch(self) -> Switch | None:
        if self.round is None:
            return None
        sentence = _(
            "Each municipality of then has lines of its own, under the name and number of today. A municipality that "
            "was split since stays itself."
        )
        return switch(
            self.query.borders, day=self.round.reference_date, today=self.today, differs=self.differs,
            url=lambda borders: self.query.url(borders=borders, page=1),
            sentence=sentence if self.query.borders == TODAY else "",
        )  # fmt: skip

    def _context(self, every: list[Difference], here: list[Difference], hits: list[Difference]) -> dict[str, Any]:
        query = self.query
        page = Paginator(hits, PER_PAGE).get_page(query.page)
        offices = {entry.office_key: entry.office for entry in every}
        subjects = {entry.subject: entry.label for entry in every}
        joined = query.url(page=1)
        return {
            "query": query,
            "switch": self._switch(),
            "round": self.round,
            "rounds": [(entry, query.url(round=entry.reference_date.isoformat(), page=1)) for entry in self.rounds],
            "national": self.scope.has(NATIONAL),
            "offices": sorted(offices.items(), key=lambda entry: entry[1]),
            "subjects": [(key, subjects[key], key == query.subject) for key in SUBJECTS if key in subjects],
            "views": [
                (label, query.url(view=key, page=1), key == query.view, sum(map(test, here)))
                for key, label, test in VIEWS
            ],
            "hits": len(hits),
            "units": len({entry.unit for entry in hits}),
            "page": page,
            "rows": [(entry, why_words(entry.why)) for entry in page.object_list],
            "filtered": bool(query.search or query.office or query.subject),
            "reset_url": Query(round=query.round, view=query.view, borders=query.borders).url(),
            "pages": [
                (number, query.url(page=number), number == page.number) for number in page.paginator.page_range
            ],
            "files": [(style, f"{joined}{'&' if '?' in joined else '?'}format={style}") for style in FORMATS],
        }  # fmt: skip

    def _file(self, round_: Round, hits: list[Difference], style: str) -> HttpResponse:
        heads = [
            _("Number"), _("Name"), _("Office"), _("About"), _("The report says"), _("The register says"),
            _("In the register since"), _("Written by"), _("Written on"), _("Why"),
            _("Parts of then"), _("Borders"),
        ]  # fmt: skip
        borders = borders_words(self.query.borders, round_.reference_date, self.today)
        rows = [
            [
                entry.number, entry.full_name, entry.office, entry.label, entry.said if not entry.parts else "; ".join(
                    f"{part}: {said}" for part, said, _registered in entry.parts
                ),
                entry.registered if not entry.parts else "; ".join(
                    f"{part}: {registered}" for part, _said, registered in entry.parts
                ),
                entry.since, entry.by, entry.written_at.date() if entry.written_at else None, why_words(entry.why),
                entry.beside, borders,
            ]
            for entry in hits
        ]  # fmt: skip
        facts = [
            (_("Report as of"), day_words(round_.reference_date)),
            (_("The registers on"), day_words(round_.reference_date)),
            (_("Borders"), borders),
            (_("Shown"), str(next(label for key, label, _test in VIEWS if key == self.query.view))),
        ]
        facts += [(_("Search"), self.query.search)] if self.query.search else []
        facts += [(_("Office"), self.query.office)] if self.query.office else []
        word = _("differences")
        name = f"{word}-{round_.reference_date:%Y-%m-%d}"
        return table_response(ListTable(_("Reports and registers"), heads, rows, facts), style, name)
