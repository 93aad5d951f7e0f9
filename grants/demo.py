"""The demo's invented grants: the schemes of 2021 copied to 2022, a list of applications, two outcomes that the
statsforvalter has judged otherwise, and a list that Hdir has decided.

Everything goes through the same services as for people. Run again it adds nothing.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone, translation

from grants.application_plan import Register, Values
from grants.criteria.facts import NOT_MET
from grants.models import CriterionNote, Scheme
from grants.render_application_list import render_application_list
from grants.services.applications import list_plan, list_read, list_take_in, register_take
from grants.services.criterion_notes import criterion_note_add
from grants.services.priority import outcomes
from grants.services.priority_decisions import priority_decide
from grants.services.schemes import year_copy
from municipalities.access import scope_of
from municipalities.models import Municipality, User

REASON = "the demo's grants"
FIRST, YEAR = 2021, 2022
CASE = "leve-hele-livet"
"""The scheme whose list is decided."""
SHARES = {CASE: 0.35, "kompetanse-innovasjon": 0.6, "frisklivstilbud": 0.2, "parorende": 0.12}
"""How many of the municipalities apply, by scheme."""
LOWEST, HIGHEST, STEP = 100_000, 2_000_000, 25_000  # kroner


def grants_make(*, hdir: User, reviewer: User, now: dt.datetime) -> Mapping[str, int]:
    """Fill in the grants as Hdir and as one statsforvalter. Returns how many rows of each kind were made; nothing where
    ``YEAR`` has schemes already."""
    if Scheme.objects.across_all(reason=REASON).filter(year=YEAR).exists():
        return {}
    schemes = year_copy(year=FIRST, actor=hdir, now=now)
    notes = _notes(reviewer, now)
    applications = _applications(hdir, now)
    day = timezone.localdate(now)
    priority_decide(
        scheme=Scheme.objects.across_all(reason=REASON).get(year=YEAR, key=CASE), day=day, actor=hdir, now=now
    )
    return {"schemes": schemes, "notes": notes, "applications": applications, "decided lists": 1}


def _notes(reviewer: User, now: dt.datetime) -> int:
    """One outcome documented and one overruled, of the first two municipalities of the region that lack something."""
    day = timezone.localdate(now)
    lacking = [
        row for row in outcomes(YEAR, day, scope=scope_of(reviewer, today=day)) if NOT_MET in row.states.values()
    ]
    said = (
        ("overrule", "met", "Vedtaket er gjort og protokollen er lagt fram på dialogmøtet. Registeret rettes."),
        ("documentation", "", "Kommunen har sendt saksframlegget. Det behandles i neste møte i kommunestyret."),
    )
    units = Municipality.objects.across_all(reason=REASON).in_bulk([row.unit for row in lacking[: len(said)]])
    for row, (kind, outcome, reason) in zip(lacking, said, strict=False):
        code = next(code for code, state in row.states.items() if state == NOT_MET)
        criterion_note_add(
            municipality=units[row.unit], year=YEAR, code=code, kind=kind, outcome=outcome, reason=reason,
            actor=reviewer, now=now,
        )  # fmt: skip
    return CriterionNote.objects.across_all(reason=REASON).filter(year=YEAR).count()


def _applications(hdir: User, now: dt.datetime) -> int:
    """A list in Excel as one that comes from the system in which applications are handled, read and taken in."""
    today = timezone.localdate(now)
    register = register_take(YEAR, today=today)
    with translation.override("nb"):
        data = render_application_list(replace(register, held=_invented(register)), language="nb")
        held = list_read(year=YEAR, file_name=f"soknader-{YEAR}.xlsx", data=data, actor=hdir, now=now)
        plan, _register = list_plan(held, today=today)
        return len(list_take_in(held=held, seen=plan.hash, sure=True, actor=hdir, now=now).changes)


def _invented(register: Register) -> dict[tuple[int, int], Values]:
    found = {}
    for scheme in register.schemes:
        for pk, unit in register.units.items():
            rng = random.Random(f"grant:{scheme.key}:{unit.number}")  # noqa: S311 - invented data, no secret
            if not unit.is_district and rng.random() < SHARES.get(scheme.key, 0):
                found[scheme.id, pk] = _application(rng, scheme.key)
    return found


def _application(rng: random.Random, scheme: str) -> Values:
    applied = rng.randrange(LOWEST, HIGHEST, STEP)
    shielded = scheme == "kompetanse-innovasjon" and rng.random() < 0.3
    if rng.random() < 0.6:
        return Values("granted", applied, applied * rng.choice((50, 70, 100)) // 100, shielded)
    return Values(rng.choice(("applied", "refused")), applied, None, shielded)
