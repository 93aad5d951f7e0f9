"""Support given by the regional apparatus: entered once, also for forty municipalities, changed and removed.

Every change leaves an Event. Figures of summaries keep the rows they were counted from by value, so a row may be
removed; what it said stays in the Event. Writers of one region come one after the other: they lock its office.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import RIGHTS, can, scope_of
from municipalities.models import Event, Office, PlanDecision, User
from municipalities.transitions import WrongState, log
from networks.models import Provider, SupportActivity
from networks.services.support_units import UnitBook, unit_faults
from reform.models import Solution

FIRST_DAY = dt.date(2018, 5, 4)
"""Meld. St. 15 (2017-2018) was put forward on this day; no support for the reform is older."""
TITLE_LENGTH = 200
NOTE_LENGTH = 1000
NOT_STARTED = frozenset({PlanDecision.Status.NONE})
"""What the plan register says of those that have not started; a unit without a row has not started either."""


class SupportInvalid(Exception):
    """What was given cannot be registered. ``faults`` are sentences by field: ``on``, ``kind``, ``provider``,
    ``office``, ``units``, ``solutions``, ``title``, ``note``."""

    def __init__(self, faults: Mapping[str, Sequence[Any]]) -> None:
        super().__init__("; ".join(str(text) for texts in faults.values() for text in texts))
        self.faults = {name: [str(text) for text in texts] for name, texts in faults.items()}


@dataclass(frozen=True)
class Support:
    """What is registered. ``units`` are ids of municipalities and districts, left out for a ``whole_region``;
    ``solutions`` are codes (``1.2``)."""

    office: Office
    kind: str
    provider: str
    on: dt.date
    units: tuple[int, ...] = ()
    whole_region: bool = False
    solutions: tuple[str, ...] = ()
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Given:
    """The row, and whether it was made now; False when the same support stood there already."""

    activity: SupportActivity
    made: bool


def support_offices(user: User, *, today: dt.date) -> Any:
    """The offices for which ``user`` may register support today: her own, or all for who keeps the whole country."""
    mine = scope_of(user, today=today).only(RIGHTS["support.edit"].roles)
    rows = Office.objects.get_queryset().order_by("order")
    if any(grant.office_id is None for grant in mine.grants):
        return rows
    return rows.filter(pk__in=mine.office_ids)


def own_provider(user: User, *, today: dt.date) -> str:
    """The partner that ``user`` works for: what the form suggests; empty when she works for none or several."""
    mine = scope_of(user, today=today).roles & set(Provider.values)
    return next(iter(mine)) if len(mine) == 1 else ""


def not_started(book: UnitBook, office: Office, day: dt.date) -> tuple[int, ...]:
    """The office's units on ``day`` that have neither a plan, a decision, nor a described process in the register.
    One query."""
    rows = PlanDecision.objects.across_all(reason="who has not started, in one region").on(day)
    started = set(rows.exclude(status__in=NOT_STARTED).values_list("municipality_id", flat=True))
    return tuple(row.unit_id for row in book.of_office(office.pk, day) if row.unit_id not in started)


def day_fault(on: dt.date, today: dt.date) -> str:
    """Why support cannot have been given on that day; empty when it can."""
    if on > today:
        return _("The date has not been yet. Register support when it has been given.")
    if on < FIRST_DAY:
        return _("The reform was put forward on 4 May 2018. Check the year.")
    return ""


def support_give(
    support: Support, *, actor: User, now: dt.datetime, request_id: str = "", book: UnitBook | None = None
) -> Given:
    """Register support. The same support again (kind, partner, day, title, and no unit that is new) is not doubled.

    Raises SupportInvalid with a sentence for each field that is wrong, PermissionDenied outside the actor's region.
    """
    book = book or UnitBook.load()
    with transaction.atomic():
        _lock(support.office, actor, now)
        units = _checked(support, book, timezone.localdate(now))
        twin = _twin(support, units, book)
        if twin is not None:
            return Given(twin, False)
        activity = SupportActivity.objects.get_queryset().create(
            **_columns(support), registered_by_name=str(actor)[:200], registered_at=now
        )
        activity.municipalities.set(units)
        activity.solutions.set(_solution_ids(support.solutions))
        log(activity, "given", actor=actor, now=now, note=_told(support, units, book), request_id=request_id)
    return Given(activity, True)


def support_change(
    activity: SupportActivity,
    support: Support,
    *,
    actor: User,
    now: dt.datetime,
    seen: int | None = None,
    request_id: str = "",
    book: UnitBook | None = None,
) -> bool:
    """Put a row right. Returns whether anything changed; then an Event says what.

    ``seen`` is ``support_state`` as it was when the page was read: WrongState when somebody was first. Raises
    SupportInvalid and PermissionDenied as ``support_give`` does.
    """
    book = book or UnitBook.load()
    with transaction.atomic():
        _lock(activity.office, actor, now)
        if support.office.pk != activity.office_id:
            _lock(support.office, actor, now)
        row = _locked(activity, actor, now, seen)
        units = _checked(support, book, timezone.localdate(now))
        _twin(support, units, book, besides=row.pk)
        before, old_units, old_solutions = _row_values(row)
        after = {key: getattr(value, "pk", value) for key, value in _columns(support).items()}
        changes = [f"{key}: {before[key]} → {after[key]}" for key in after if before[key] != after[key]]
        changes += _moved("units", _numbers(old_units, row.on, book), _numbers(units, support.on, book))
        changes += _moved("solutions", old_solutions, set(support.solutions))
        if not changes:
            return False
        for key, value in _columns(support).items():
            setattr(row, key, value)
            setattr(activity, key, value)
        row.save(update_fields=list(after))
        row.municipalities.set(units)
        row.solutions.set(_solution_ids(support.solutions))
        log(row, "changed", actor=actor, now=now, note="\n".join(changes), request_id=request_id)
    return True


def support_remove(
    activity: SupportActivity,
    *,
    actor: User,
    now: dt.datetime,
    seen: int | None = None,
    reason: str = "",
    request_id: str = "",
) -> Event:
    """Take a row away. The Event keeps all that it said, and why it was removed."""
    book = UnitBook.load()
    with transaction.atomic():
        _lock(activity.office, actor, now)
        row = _locked(activity, actor, now, seen)
        _before, units, solutions = _row_values(row)
        said = Support(
            row.office, row.kind, row.provider, row.on, tuple(units), row.whole_region, tuple(sorted(solutions)),
            row.title, row.note,
        )  # fmt: skip
        lines = [f"reason: {reason.strip()[:NOTE_LENGTH]}"] if reason.strip() else []
        note = "\n".join([*lines, _told(said, units, book)])
        event = log(row, "removed", actor=actor, now=now, note=note, request_id=request_id)
        row.delete()
    return event


def support_history(activity: SupportActivity) -> Any:
    """The Events of a row, the newest first."""
    events = Event.objects.across_all(reason="the history of one row that the reader may edit")
    return (
        events.filter(object_type=activity._meta.label_lower, object_id=activity.pk)
        .select_related("actor")
        .order_by("-id")
    )


def support_state(activity: SupportActivity) -> int:
    """A number that is another one after every change of the row."""
    return support_history(activity).values_list("pk", flat=True).first() or 0


def _lock(office: Office, actor: User, now: dt.datetime) -> None:
    """Let nobody else write the region's support, and see that the actor may."""
    Office.objects.get_queryset().select_for_update().get(pk=office.pk)
    if not support_offices(actor, today=timezone.localdate(now)).filter(pk=office.pk).exists():
        raise PermissionDenied(_("This does not belong to your unit."))


def _locked(activity: SupportActivity, actor: User, now: dt.datetime, seen: int | None) -> SupportActivity:
    row = SupportActivity.objects.get_queryset().select_for_update().filter(pk=activity.pk).first()
    if row is None:
        raise WrongState(gettext_lazy("This has been removed by somebody else."))
    decision = can(actor, "support.edit", row, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
    if seen is not None and support_state(row) != seen:
        raise WrongState(gettext_lazy("Somebody else has changed this while you had it open."))
    return row


def _checked(support: Support, book: UnitBook, today: dt.date) -> tuple[int, ...]:
    """The units that are meant, each once. Raises SupportInvalid."""
    faults: dict[str, list[Any]] = {}
    if fault := day_fault(support.on, today):
        faults["on"] = [fault]
    if support.kind not in SupportActivity.Kind.values:
        faults["kind"] = [_("Choose what kind of support it was.")]
    if support.provider not in Provider.values:
        faults["provider"] = [_("Choose who gave the support.")]
    for name, text, limit in (("title", support.title, TITLE_LENGTH), ("note", support.note, NOTE_LENGTH)):
        if len(text) > limit:
            faults[name] = [_("Write at most %(count)s characters.") % {"count": limit}]
    known = set(Solution.objects.values_list("code", flat=True))
    unknown = [code for code in support.solutions if code not in known]
    if unknown:
        faults["solutions"] = [_("There is no solution %(code)s.") % {"code": code} for code in unknown]
    office_id = support.office.pk
    if support.whole_region:
        units = tuple(row.unit_id for row in book.of_office(office_id, support.on))
    else:
        units = tuple(dict.fromkeys(support.units))
    if "on" not in faults:
        wrong = unit_faults(book, units, office_id=office_id, day=support.on)
        if wrong or not units:
            faults["units"] = wrong or [_("Say which municipalities received the support.")]
    if faults:
        raise SupportInvalid(faults)
    return units


def _twin(support: Support, units: Iterable[int], book: UnitBook, besides: int | None = None) -> SupportActivity | None:
    """The row that says the same already. Raises SupportInvalid when only some of the units have it."""
    wanted = set(units)
    rows = SupportActivity.objects.across_all(reason="is the same support registered already").filter(
        office=support.office, kind=support.kind, provider=support.provider, on=support.on
    )
    title = support.title.strip().casefold()
    for row in rows.exclude(pk=besides).prefetch_related("municipalities").order_by("pk"):
        if row.title.strip().casefold() != title:
            continue
        common = wanted & {unit.pk for unit in row.municipalities.all()}
        if common == wanted and besides is None:
            return row
        if common:
            names = sorted(_numbers(common, support.on, book))[:5]
            more = _(" and %(count)s more") % {"count": len(common) - 5} if len(common) > 5 else ""
            text = _(
                "The same support is already registered on this day for %(names)s%(more)s. "
                "Take them out, or give this one a title of its own."
            )
            raise SupportInvalid({"units": [text % {"names": ", ".join(names), "more": more}]})
    return None


def _columns(support: Support) -> dict[str, Any]:
    return {
        "office": support.office,
        "kind": support.kind,
        "provider": support.provider,
        "on": support.on,
        "whole_region": support.whole_region,
        "title": support.title.strip(),
        "note": support.note.strip(),
    }


def _row_values(row: SupportActivity) -> tuple[dict[str, Any], tuple[int, ...], set[str]]:
    values = {name: getattr(row, name) for name in ("kind", "provider", "on", "whole_region", "title", "note")}
    values["office"] = row.office_id
    units = tuple(row.municipalities.order_by("pk").values_list("pk", flat=True))
    return values, units, set(row.solutions.values_list("code", flat=True))


def _solution_ids(codes: Iterable[str]) -> list[int]:
    return list(Solution.objects.filter(code__in=list(codes)).values_list("pk", flat=True))


def _numbers(units: Iterable[int], day: dt.date, book: UnitBook) -> set[str]:
    """``3004 Fredrikstad`` of each unit, as it was called on ``day``."""
    rows = {unit: book.near(unit, day) for unit in units}
    return {row.numbered if row else str(unit) for unit, row in rows.items()}


def _moved(name: str, old: set[str], new: set[str]) -> list[str]:
    if old == new:
        return []
    return [
        f"{name}: " + ", ".join([*(f"+{key}" for key in sorted(new - old)), *(f"-{key}" for key in sorted(old - new))])
    ]


def _told(support: Support, units: Iterable[int], book: UnitBook) -> str:
    """All that the row says, line by line: what the Event of a new or removed row keeps."""
    lines = [f"{key}: {value}" for key, value in _columns(support).items() if value not in ("", False)]
    lines.append("units: " + ", ".join(sorted(_numbers(units, support.on, book))))
    if support.solutions:
        lines.append("solutions: " + ", ".join(sorted(support.solutions)))
    return "\n".join(lines)
