"""Keeping the grant schemes of a year and what the criteria do not touch of them, and copying a year forward.

Each change leaves an Event. Of schemes and exceptions: national plan, revised June 2021, ch. 3.2.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import CriteriaYear, Criterion, Scheme, SchemeException
from municipalities.access import can
from municipalities.models import User
from municipalities.services.dated import EntryRefused, link_fault, refuse
from municipalities.transitions import WrongState, event_about, log, log_many

RIGHT = "grants.edit"
REASON = "the grant schemes of a year"
FIRST_YEAR, LAST_YEAR = 2018, 2100
MOST_EXCEPTIONS = 10
ADDED, CHANGED, REMOVED, COPIED = "scheme_added", "scheme_changed", "scheme_removed", "schemes_copied"
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BUDGET = re.compile(r"\d{2,4}")


@dataclass(frozen=True)
class ExceptionValues:
    """What of a scheme the criteria do not touch: the kind, the sentence in both languages, and from and to which
    year (None: no bound)."""

    kind: str
    name_nb: str
    name_nn: str
    from_year: int | None = None
    to_year: int | None = None
    source: str = ""

    def runs_in(self, year: int) -> bool:
        """Whether it has not come to its end before ``year``."""
        return self.to_year is None or self.to_year >= year


@dataclass(frozen=True)
class SchemeValues:
    """A scheme as it is to be in one year; the fields are those of the model, without year and order."""

    key: str
    name_nb: str
    name_nn: str
    chapter: str
    post: str
    target_group_nb: str = ""
    target_group_nn: str = ""
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    link: str = ""
    managed_by: str = ""
    prioritised: bool = True
    source: str = ""
    exceptions: tuple[ExceptionValues, ...] = ()

    def own(self) -> dict[str, object]:
        """The fields of the scheme itself."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "exceptions"}


def require(actor: User, now: dt.datetime) -> None:
    """Raises PermissionDenied with the reason for somebody who does not keep the grants."""
    decision = can(actor, RIGHT, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)


def scheme_values(scheme: Scheme) -> SchemeValues:
    """A scheme as it is. One query, none where its exceptions were fetched with it."""
    own = {entry.name: getattr(scheme, entry.name) for entry in fields(SchemeValues) if entry.name != "exceptions"}
    parts = sorted(scheme.exceptions.all(), key=lambda part: part.pk)
    names = [entry.name for entry in fields(ExceptionValues)]
    return SchemeValues(
        **own, exceptions=tuple(ExceptionValues(**{name: getattr(part, name) for name in names}) for part in parts)
    )


def scheme_state(scheme: Scheme) -> str:
    """A short hash of the scheme as it is, for a form to say what it was filled from."""
    text = json.dumps(asdict(scheme_values(scheme)), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def scheme_years() -> list[int]:
    """The years that have schemes, the newest first. One query."""
    rows = Scheme.objects.across_all(reason=REASON).order_by("-year").values_list("year", flat=True)
    return list(rows.distinct())


def scheme_add(*, year: int, values: SchemeValues, actor: User, now: dt.datetime) -> Scheme:
    """A new scheme, last in its year. Raises PermissionDenied, and EntryRefused with one sentence a field."""
    require(actor, now)
    with transaction.atomic():
        there = list(Scheme.objects.across_all(reason=REASON).select_for_update().filter(year=year))
        faults = {**_year_fault(year), **_faults(values, year)}
        if any(row.key == values.key for row in there):
            faults["key"] = _("%(year)s has a scheme with this key already.") % {"year": year}
        refuse(faults)
        order = max((row.order for row in there), default=0) + 1
        try:
            with transaction.atomic():
                row = Scheme.objects.get_queryset().create(year=year, order=order, **values.own())
        except IntegrityError as taken:  # the first scheme of a year, entered twice at once
            text = _("%(year)s has a scheme with this key already.") % {"year": year}
            raise EntryRefused({"key": text}) from taken
        _write_exceptions(row, values.exceptions)
        log(row, ADDED, actor=actor, now=now, to_state=str(year), note=_said(values))
        return row


def scheme_change(*, scheme: Scheme, values: SchemeValues, seen: str, actor: User, now: dt.datetime) -> bool:
    """Put a scheme of one year right; other years keep what they have. The key stays: it ties the years together.

    ``seen`` is the ``scheme_state`` that the form was filled from. Returns whether anything was changed. Raises
    WrongState when somebody else has changed it since or taken it away, PermissionDenied, and EntryRefused.
    """
    require(actor, now)
    with transaction.atomic():
        row = _locked(scheme)
        if scheme_state(row) != seen:
            raise WrongState(_("Somebody else has changed the scheme since you opened it."), state=scheme_state(row))
        faults = _faults(values, row.year)
        if values.key != row.key:
            faults["key"] = _("The key cannot be changed: it ties the years together.")
        refuse(faults)
        before = scheme_values(row)
        if before == values:
            return False
        for name, value in values.own().items():
            setattr(row, name, value)
        row.save()
        if before.exceptions != values.exceptions:
            row.exceptions.all().delete()
            _write_exceptions(row, values.exceptions)
        note = ", ".join(_changed(before, values))
        log(row, CHANGED, actor=actor, now=now, from_state=str(row.year), to_state=str(row.year), note=note)
        return True


def scheme_remove(*, scheme: Scheme, actor: User, now: dt.datetime) -> None:
    """Take a scheme of one year away. Refused where something is built on it: applications, or a decided list.

    Raises EntryRefused (``scheme``), PermissionDenied, and WrongState when it is gone already.
    """
    require(actor, now)
    with transaction.atomic():
        row = _locked(scheme)
        if row.applications.exists():
            refuse({"scheme": _("The scheme has applications, so it cannot be removed.")})
        if row.decisions.exists():
            refuse({"scheme": _("A priority list is decided for the scheme, so it cannot be removed.")})
        log(row, REMOVED, actor=actor, now=now, from_state=str(row.year), note=_said(scheme_values(row)))
        row.delete()


def year_copy(*, year: int, actor: User, now: dt.datetime) -> int:
    """Copy the schemes of ``year`` to the next, with the exceptions that still run there and the criteria.

    The windows are left open: the days of the next year are not known. A year that has schemes is never overwritten,
    nor are criteria that it has already. Returns how many schemes were copied. Raises EntryRefused (``year``) and
    PermissionDenied. One Event for each row that is copied.
    """
    require(actor, now)
    into = year + 1
    with transaction.atomic():
        rows = Scheme.objects.across_all(reason=REASON).select_for_update().filter(year=year).order_by("order", "id")
        source = list(rows.prefetch_related("exceptions"))
        refuse(_copy_fault(source, year, into))
        for row in source:
            values = scheme_values(row)
            own = {**values.own(), "opens_on": None, "closes_on": None}
            copy = Scheme.objects.get_queryset().create(year=into, order=row.order, **own)
            _write_exceptions(copy, tuple(part for part in values.exceptions if part.runs_in(into)))
            log(copy, COPIED, actor=actor, now=now, from_state=str(year), to_state=str(into), note=_said(values))
        _copy_criteria(year, into, actor, now)
        return len(source)


def _copy_fault(source: list[Scheme], year: int, into: int) -> dict[str, str]:
    if not source:
        return {"year": _("%(year)s has no schemes to copy.") % {"year": year}}
    if Scheme.objects.across_all(reason=REASON).filter(year=into).exists():
        return {"year": _("%(year)s has schemes already. Nothing is overwritten.") % {"year": into}}
    return _year_fault(into)


def _copy_criteria(year: int, into: int, actor: User, now: dt.datetime) -> None:
    known = CriteriaYear.objects.across_all(reason=REASON).filter(year__in=(year, into)).prefetch_related("rows")
    by_year = {row.year: row for row in known}
    source = by_year.get(year)
    if source is None or into in by_year:
        return
    copy = CriteriaYear.objects.get_queryset().create(
        year=into, source=source.source, note_nb=source.note_nb, note_nn=source.note_nn
    )
    rows = [
        Criterion(criteria=copy, code=row.code, order=row.order, settings=row.settings) for row in source.rows.all()
    ]
    Criterion.objects.get_queryset().bulk_create(rows)
    how = {"actor": actor, "now": now, "from_state": str(year), "to_state": str(into)}
    told = [event_about(row, "criterion_copied", note=row.code, **how) for row in rows]
    log_many([event_about(copy, "criteria_copied", note=copy.source, **how), *told])


def _locked(scheme: Scheme) -> Scheme:
    row = Scheme.objects.across_all(reason=REASON).select_for_update().filter(pk=scheme.pk).first()
    if row is None:
        raise WrongState(_("Somebody else has removed the scheme."), state="")
    return row


def _write_exceptions(scheme: Scheme, parts: tuple[ExceptionValues, ...]) -> None:
    SchemeException.objects.get_queryset().bulk_create(SchemeException(scheme=scheme, **asdict(part)) for part in parts)


def _said(values: SchemeValues) -> str:
    return f"{values.key}: {values.name_nb} ({values.chapter}/{values.post})"


def _changed(before: SchemeValues, after: SchemeValues) -> list[str]:
    """The names of the fields that are not as before."""
    return [entry.name for entry in fields(after) if getattr(before, entry.name) != getattr(after, entry.name)]


def _year_fault(year: int) -> dict[str, str]:
    if FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    return {"year": _("Write a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}}


def _faults(values: SchemeValues, year: int) -> dict[str, str]:
    """One sentence for each field of a scheme that is wrong."""
    faults: dict[str, str] = {}
    if not _KEY.fullmatch(values.key) or len(values.key) > 60:
        faults["key"] = _("Write small letters a to z, digits and hyphens, for example frisklivstilbud.")
    for name in ("name_nb", "name_nn"):
        if not getattr(values, name):
            faults[name] = _("Write the name in both languages.")
    for name, length in (("chapter", 4), ("post", 3)):
        if not _BUDGET.fullmatch(getattr(values, name)) or len(getattr(values, name)) > length:
            faults[name] = _("Write the number in the state budget, for example 761 and 67.")
    if fault := link_fault(values.link):
        faults["link"] = fault
    if values.opens_on and values.closes_on and values.closes_on < values.opens_on:
        faults["closes_on"] = _("The last day is before the first.")
    for name in ("opens_on", "closes_on"):
        day = getattr(values, name)
        if day and abs(day.year - year) > 1 and name not in faults:
            faults[name] = _("The day is not in or beside %(year)s. Check the date.") % {"year": year}
    if fault := _exceptions_fault(values.exceptions):
        faults["exceptions"] = fault
    return faults


def _exceptions_fault(parts: tuple[ExceptionValues, ...]) -> str:
    if len(parts) > MOST_EXCEPTIONS:
        return _("At most %(most)s exceptions.") % {"most": MOST_EXCEPTIONS}
    for at, part in enumerate(parts, 1):
        if part.kind not in SchemeException.Kind.values:
            return _("Exception %(at)s: choose what kind it is.") % {"at": at}
        if not part.name_nb or not part.name_nn:
            return _("Exception %(at)s: write it in both languages.") % {"at": at}
        bounds = [year for year in (part.from_year, part.to_year) if year is not None]
        if any(not FIRST_YEAR <= year <= LAST_YEAR for year in bounds):
            text = _("Exception %(at)s: write years from %(first)s to %(last)s.")
            return text % {"at": at, "first": FIRST_YEAR, "last": LAST_YEAR}
        if len(bounds) == 2 and bounds[1] < bounds[0]:
            return _("Exception %(at)s: the last year is before the first.") % {"at": at}
    return ""


__all__ = [
    "EntryRefused", "ExceptionValues", "SchemeValues", "require", "scheme_add", "scheme_change", "scheme_remove",
    "scheme_state", "scheme_values", "scheme_years", "year_copy",
]  # fmt: skip
