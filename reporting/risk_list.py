"""What the list of risk patterns shows for what its address asks for. Pure but for the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.border_words import PARAMETER, THEN, TODAY
from reporting.documents import rules
from reporting.models import RiskAssessment
from reporting.services.risk import RiskRow, UnitRisk
from reporting.todays_units import matches_text

PER_PAGE = 50
ALL, WAITING, SEEN = "", "venter", "tegn"
VIEWS: tuple[tuple[str, Any, Callable[[UnitRisk], bool]], ...] = (
    (ALL, gettext_lazy("All"), lambda unit: True),
    (WAITING, gettext_lazy("Wait for a judgement"), lambda unit: unit.waiting > 0),
    (SEEN, gettext_lazy("At least one sign"), lambda unit: unit.seen > 0),
)
_VERDICT = RiskAssessment.Verdict
STATES: dict[str, tuple[Any, Callable[[RiskRow], bool]]] = {
    "sett": (gettext_lazy("Sign in the answers"), lambda row: row.derived == rules.SEEN),
    "ikke": (gettext_lazy("No sign"), lambda row: row.derived == rules.NOT_SEEN),
    "ubesvart": (gettext_lazy("Not answered"), lambda row: row.derived == rules.MISSING),
    "venter": (gettext_lazy("Waits for a judgement"), lambda row: row.waits),
    "kjenner": (gettext_lazy("Is recognised"), lambda row: row.stands == _VERDICT.CONFIRMED),
    "delvis": (gettext_lazy("Is recognised in part"), lambda row: row.stands == _VERDICT.PARTLY),
    "avvist": (gettext_lazy("Is not recognised"), lambda row: row.stands == _VERDICT.DISMISSED),
    "utdatert": (gettext_lazy("Overtaken by a newer report"), lambda row: row.outdated),
}
"""The states that the address can ask for: the word, and which rows are in it."""
PARAMETERS = {
    "search": "q",
    "office": "embete",
    "view": "vis",
    "pattern": "monster",
    "state": "tilstand",
    "page": "side",
    "borders": PARAMETER,
}


@dataclass(frozen=True)
class Query:
    """What the address asks for; anything unknown in it counts as not said.

    The list is what the region works with today, so today's borders hold when nothing is said.
    """

    search: str = ""
    office: str = ""
    view: str = ALL
    pattern: str = ""
    state: str = ""
    page: int = 1
    borders: str = TODAY

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        """From a request's parameters: ``get(name, default)``."""
        view, pattern, state, page = get("vis", ""), get("monster", ""), get("tilstand", ""), get("side", "1")
        return cls(
            search=" ".join(get("q", "").replace("\0", "").split())[:80],
            office=get("embete", "")[:60],
            view=view if view in {key for key, _label, _test in VIEWS} else ALL,
            pattern=pattern if pattern in rules.PATTERN_BY_KEY else "",
            state=state if state in STATES else "",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            borders=THEN if get(PARAMETER, "") == THEN else TODAY,
        )

    def parameters(self, **changes: Any) -> dict[str, str]:
        """The address's parameters with changes, without those that say nothing."""
        changed = replace(self, **changes)
        return {
            PARAMETERS[field.name]: str(getattr(changed, field.name))
            for field in fields(self)
            if getattr(changed, field.name) != field.default
        }

    @property
    def filtered(self) -> bool:
        """Whether a filter narrows the list (the ready-made views do not count)."""
        return bool(self.search or self.office or self.pattern or self.state)


@dataclass(frozen=True)
class PatternSum:
    """One pattern over the units of the list: how many show it, and how they are judged."""

    key: str
    name: str
    rule: str
    states: dict[str, int]


@dataclass(frozen=True)
class RiskList:
    """One page of the list: ``hits`` are all that the filters leave, ``rows`` the page's, ``counts`` those of the
    ready-made views, ``sums`` the patterns over the units of the chosen office."""

    hits: list[UnitRisk]
    rows: list[UnitRisk]
    counts: dict[str, int]
    sums: list[PatternSum]
    total: int
    page: int
    pages: int


def risk_list(units: Iterable[UnitRisk], query: Query) -> RiskList:
    """Choose and count; the units keep their order."""
    every = [unit for unit in units if not query.office or unit.office_key == query.office]
    here = [unit for unit in every if _matches(unit, query)]
    test = next(test for key, _label, test in VIEWS if key == query.view)
    hits = [unit for unit in here if test(unit)]
    pages = max(1, -(-len(hits) // PER_PAGE))
    page = min(max(query.page, 1), pages)
    return RiskList(
        hits=hits,
        rows=hits[(page - 1) * PER_PAGE : page * PER_PAGE],
        counts={key: sum(map(test, here)) for key, _label, test in VIEWS},
        sums=_sums(every),
        total=len(every),
        page=page,
        pages=pages,
    )


def _matches(unit: UnitRisk, query: Query) -> bool:
    if not matches_text(unit, query.search.casefold()):
        return False
    if not query.pattern and not query.state:
        return True
    rows = [row for row in unit.rows if query.pattern in ("", row.key)]
    state = STATES[query.state][1] if query.state else STATES["sett"][1]
    return any(state(row) for row in rows)


def _sums(units: list[UnitRisk]) -> list[PatternSum]:
    found = []
    for place, pattern in enumerate(rules.PATTERNS):
        rows = [unit.rows[place] for unit in units]
        if rows:
            states = {key: sum(map(test, rows)) for key, (_label, test) in STATES.items()}
            found.append(PatternSum(pattern.key, rows[0].name, rows[0].rule, states))
    return found


def derived_words(derived: str) -> str:
    """What the rule says, in words."""
    return {rules.SEEN: _("Sign"), rules.NOT_SEEN: _("No sign"), rules.MISSING: _("Not answered")}[derived]


def file_rows(units: Iterable[UnitRisk], offices: dict[str, str], borders: str) -> list[list[Any]]:
    """The lines of the file: one for each unit and pattern. See ``file_heads``; ``borders`` are the words for them."""
    lines: list[list[Any]] = []
    for unit in units:
        for row in unit.rows:
            kept = row.assessment
            lines.append(
                [
                    unit.number, unit.full_name, offices.get(unit.office_key, unit.office_key), unit.round, row.name,
                    derived_words(row.derived), capfirst(kept.get_verdict_display()) if kept else "",
                    row.outdated if kept else "", kept.reason if kept else "", kept.follow_up if kept else "",
                    kept.assessed_by_name if kept else "", kept.assessed_at.date() if kept else None,
                    unit.beside, borders,
                ]
            )  # fmt: skip
    return lines


def file_heads() -> list[str]:
    """The heads of the file."""
    return [
        _("Number"), _("Name"), _("Office"), _("Latest report as of"), _("Pattern"), _("In the answers"),
        _("The statsforvalter's judgement"), _("Overtaken by a newer report"), _("Reason for the judgement"),
        _("Follow-up"), _("Judged by"), _("Judged on"),
        _("Parts of then"), _("Borders"),
    ]  # fmt: skip
