"""Which criteria for priority a year has, and what each is asked to accept. Set by Hdir, each change with an Event.

Whether a municipality meets them is computed elsewhere (``priority``); a list that is decided keeps the criteria that
it was decided with.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.criteria import RULES
from grants.models import CriteriaYear, Criterion
from grants.services.schemes import FIRST_YEAR, LAST_YEAR, REASON, require
from municipalities.models import User
from municipalities.services.dated import refuse
from municipalities.transitions import WrongState, log

ADDED, CHANGED, REMOVED = "criterion_added", "criterion_changed", "criterion_removed"
SOURCE_LENGTH = 300
_OUTDATED = gettext_lazy("Somebody else has changed the criteria since you opened them.")


@dataclass(frozen=True)
class YearCriteria:
    """The criteria of a year: ``rows`` maps each code to its settings, the rule's defaults filled in. Without rows the
    year has none."""

    source: str = ""
    note_nb: str = ""
    note_nn: str = ""
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """A short hash of it, for a form to say what it was filled from."""
        said = [self.source, self.note_nb, self.note_nn, {code: dict(row) for code, row in self.rows.items()}]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def criteria_get(year: int) -> YearCriteria:
    """The criteria of a year as they are. Two queries."""
    row = CriteriaYear.objects.across_all(reason=REASON).filter(year=year).prefetch_related("rows").first()
    return _values(row) if row is not None else YearCriteria()


def criteria_set(*, year: int, values: YearCriteria, seen: str, actor: User, now: dt.datetime) -> bool:
    """Let a year have these criteria and no others; their order is that of the rules. Returns whether anything changed.

    ``seen`` is the ``state`` that the form was filled from. Raises WrongState when somebody else was quicker,
    PermissionDenied, and EntryRefused with one sentence a field.
    """
    require(actor, now)
    refuse(_faults(year, values))
    with transaction.atomic():
        held = CriteriaYear.objects.across_all(reason=REASON).select_for_update().filter(year=year).first()
        before = _values(held) if held is not None else YearCriteria()
        if before.state != seen:
            raise WrongState(_OUTDATED, state=before.state)
        after = YearCriteria(
            values.source, values.note_nb, values.note_nn,
            {code: {**rule.defaults, **values.rows[code]} for code, rule in RULES.items() if code in values.rows},
        )  # fmt: skip
        if after == before or (not after.rows and held is None):
            return False
        _write(held, year, before, after, actor, now)
        return True


def _write(
    held: CriteriaYear | None, year: int, before: YearCriteria, after: YearCriteria, actor: User, now: dt.datetime
) -> None:
    said = {"source": after.source, "note_nb": after.note_nb, "note_nn": after.note_nn}
    how: dict[str, Any] = {"actor": actor, "now": now}
    if held is None:
        try:
            with transaction.atomic():
                held = CriteriaYear.objects.get_queryset().create(year=year, **said)
        except IntegrityError as taken:  # a year without criteria has no row to hold
            raise WrongState(_OUTDATED, state=criteria_get(year).state) from taken
        log(held, "criteria_begun", to_state=str(year), note=after.source, **how)
    elif said != {"source": before.source, "note_nb": before.note_nb, "note_nn": before.note_nn}:
        CriteriaYear.objects.across_all(reason=REASON).filter(pk=held.pk).update(**said)
        log(held, "criteria_changed", from_state=str(year), to_state=str(year), note=after.source, **how)
    rows = {row.code: row for row in held.rows.all()}
    order = {code: at for at, code in enumerate(RULES, 1)}
    for code, settings in after.rows.items():
        row = rows.get(code)
        if row is None:
            made = Criterion.objects.get_queryset().create(
                criteria=held, code=code, order=order[code], settings=dict(settings)
            )
            log(made, ADDED, to_state=str(year), note=_told(code, settings), **how)
        elif before.rows[code] != settings:
            row.settings = dict(settings)
            row.save(update_fields=["settings"])
            text = f"{_told(code, before.rows[code])} -> {_told(code, settings)}"
            log(row, CHANGED, from_state=str(year), to_state=str(year), note=text, **how)
    for code in rows.keys() - after.rows.keys():
        log(rows[code], REMOVED, from_state=str(year), note=_told(code, rows[code].settings), **how)
        rows[code].delete()
    if not after.rows:
        log(held, "criteria_ended", from_state=str(year), note=held.source, **how)
        held.delete()


def _values(row: CriteriaYear) -> YearCriteria:
    rows = sorted(row.rows.all(), key=lambda entry: (entry.order, entry.pk))
    known = {entry.code: {**RULES[entry.code].defaults, **entry.settings} for entry in rows if entry.code in RULES}
    return YearCriteria(row.source, row.note_nb, row.note_nn, known)


def _told(code: str, settings: Mapping[str, Any]) -> str:
    return f"{code} {json.dumps(dict(settings), sort_keys=True)}"


def _faults(year: int, values: YearCriteria) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not FIRST_YEAR <= year <= LAST_YEAR:
        faults["year"] = _("Write a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
    if values.rows and not values.source:
        faults["source"] = _("Say where the criteria are from.")
    elif len(values.source) > SOURCE_LENGTH:
        faults["source"] = _("Write at most %(most)s characters.") % {"most": SOURCE_LENGTH}
    if bool(values.note_nb) != bool(values.note_nn):
        faults["note_nn" if values.note_nb else "note_nb"] = _("Write it in both languages.")
    for code, settings in values.rows.items():
        rule = RULES.get(code)
        if rule is None or set(settings) - set(rule.defaults):
            faults["rows"] = _("There is no such criterion.")
        elif any(not isinstance(value, type(rule.defaults[name])) for name, value in settings.items()):
            faults["rows"] = _("A criterion is asked to accept something that it does not know.")
    return faults
