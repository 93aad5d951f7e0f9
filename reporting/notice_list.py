"""The ledger of notices as Hdir reads it: which round, which kind, which outcome, and who."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from municipalities.models import OfficeName, OutgoingMail
from municipalities.names import sort_key
from municipalities.querysets import valid_on
from municipalities.services import unit_names
from reporting.models import Notice, Round

_MAIL = OutgoingMail.Status
STATES: dict[str, Q] = {
    "sendt": Q(mail__status=_MAIL.SENT),
    "pa-vei": Q(mail__status__in=(_MAIL.QUEUED, _MAIL.SENDING)),
    "venter": Q(mail__isnull=True, dropped_at__isnull=True),
    "feil": Q(mail__status=_MAIL.FAILED),
    "bortfalt": Q(dropped_at__isnull=False),
}
"""What became of a notice: sent; on its way; waiting for the person's next message; could not be delivered; no longer
so when its turn came."""


@dataclass(frozen=True)
class Query:
    """What the address asks for; what it does not know is no filter. ``round_id`` None: the newest that is open."""

    round_id: int | None = None
    state: str = ""
    kind: str = ""
    search: str = ""

    @classmethod
    def read(cls, get: Callable[[str, str], str]) -> Query:
        number, state, kind = get("runde", ""), get("status", ""), get("varsel", "")
        return cls(
            round_id=int(number) if number.isdecimal() and len(number) < 10 else None,
            state=state if state in STATES else "",
            kind=kind if kind in Notice.Kind.values else "",
            search="".join(sign for sign in get("sok", "").strip() if sign.isprintable())[:80],
        )

    @property
    def filtered(self) -> bool:
        return bool(self.state or self.kind or self.search)


@dataclass(frozen=True)
class Line:
    """A row of the ledger with what it is about in words, and its outcome (a key of ``STATES``)."""

    notice: Notice
    about: str
    state: str


def rounds_of(rows: QuerySet[Round]) -> list[Round]:
    """The rounds that have opened, the newest first. One query."""
    return list(rows.filter(opened_at__isnull=False).order_by("-reference_date", "-pk"))


def found(rows: QuerySet[Notice], query: Query, round_: Round) -> QuerySet[Notice]:
    """The ledger rows that ``query`` asks for, the newest first; its state is left out (``in_state``)."""
    rows = rows.filter(round=round_)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    for word in query.search.split():
        rows = rows.filter(_person(word) | _unit(word, round_))
    return rows.order_by("-written_at", "-pk")


def _person(word: str) -> Q:
    """Part of a name or an address. SQLite is blind to case in a-z only, hence the word with a capital beside."""
    found_ = Q(user__email__icontains=word)
    for said in {word, word.lower(), word.capitalize()}:
        found_ |= Q(user__first_name__icontains=said) | Q(user__last_name__icontains=said)
    return found_


def _unit(word: str, round_: Round) -> Q:
    """Part of a unit's name on the reference date, or its number."""
    path = "report__municipality__versions__"
    named = Q(**{f"{path}name__icontains": word}) | Q(**{f"{path}number": word})
    if key := sort_key(word):
        named |= Q(**{f"{path}sort_key__contains": key})
    return valid_on(round_.reference_date, path) & named


def in_state(rows: QuerySet[Notice], state: str) -> QuerySet[Notice]:
    """Those of ``rows`` with that outcome, with what a line shows; all of them without one."""
    rows = rows.filter(STATES[state]) if state else rows
    joined = rows.select_related("user", "mail", "report", "regional", "round")
    return joined.defer("report__draft", "regional__draft", "mail__body")


def counts(rows: QuerySet[Notice]) -> dict[str, int]:
    """How many of ``rows`` there are (empty key), and with each outcome. One query."""
    sums = {f"n{place}": Count("pk", filter=rule) for place, rule in enumerate(STATES.values())}
    found_ = rows.order_by().aggregate(all=Count("pk"), **sums)
    return {"": found_["all"], **{name: found_[f"n{place}"] for place, name in enumerate(STATES)}}


def lines(rows: Sequence[Notice], round_: Round, today: Any) -> list[Line]:
    """The rows in words. Two queries: the units' names of the reference date, and the offices' of today."""
    units = unit_names({row.report.municipality_id for row in rows if row.report}, round_.reference_date)
    offices = {row.office_id: row.short_name for row in OfficeName.objects.filter(valid_on(today))}
    return [Line(row, _about(row, units, offices), state_of(row)) for row in rows]


def _about(row: Notice, units: Any, offices: dict[int, str]) -> str:
    if row.report is not None:
        unit = units.get(row.report.municipality_id)
        return unit.display_name if unit else ""
    office = row.regional.office_id if row.regional is not None else row.facts.get("office")
    return offices.get(office, "") if office else ""


def state_of(row: Notice) -> str:
    """A key of ``STATES``; its twin as conditions."""
    if row.mail is None:
        return "bortfalt" if row.dropped_at else "venter"
    return {_MAIL.SENT: "sendt", _MAIL.FAILED: "feil"}.get(_MAIL(row.mail.status), "pa-vei")


def kinds_in_use(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """(value, label) of the kinds for a select, in the order of the model."""
    held = set(kinds)
    return [(value, str(label)) for value, label in Notice.Kind.choices if value in held]
