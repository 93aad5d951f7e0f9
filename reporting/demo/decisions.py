"""The demo's direct entries in the plan registers: what some offices had noted before the portal came, and the yearly
revision of plans. They say what the units' reports say, so a report finds its plan filled in and adds nothing."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min

from municipalities.models import Municipality, MunicipalityVersion, PlanAnchoring, PlanDecision, User
from municipalities.services.anchoring import AnchoringEntry, anchoring_enter
from municipalities.services.decisions import DecisionEntry, decision_enter
from municipalities.services.progress import ProgressEntry, progress_enter
from reform.models import Solution
from reporting.demo.answers import Unit, answers

OSLO = ZoneInfo("Europe/Oslo")
SHARE = 0.16
SHOWN = frozenset({"3004", "3025", "5430", "3434"})
TITLES = (
    "Leve hele livet – lokal gjennomføring",
    "Handlingsplan for Leve hele livet",
    "Plan for et aldersvennlig lokalsamfunn",
)
STATEMENTS = (
    "Eldrerådet støtter planen og ber om å få følge gjennomføringen.",
    "Eldrerådet mener at måltider og aktivitet må komme først.",
)
NAMES = {"own_plan": "Temaplan for en aldersvennlig kommune", "care_plan": "Kommunedelplan for helse og omsorg"}
REGISTERED = dt.date(2021, 9, 6)
REVISED = dt.date(2022, 1, 10)


def decisions_make(*, step: int, reference: dt.date, reviewers: Mapping[int, User], until: dt.datetime) -> int:
    """Enter what belongs before the demo's first (0) or second (1) round, by the office's reviewer. ``reference`` is
    the first round's. Returns how many units got entries; run again it adds none."""
    codes = list(Solution.objects.order_by("order").values_list("code", flat=True))
    began = dict(MunicipalityVersion.objects.values_list("municipality").annotate(first=Min("valid_from")))
    moment = _moment(REVISED if step else REGISTERED)
    model: Any = PlanAnchoring if step else PlanDecision
    done = set(
        model.objects.across_all(reason="demo").filter(registered_at=moment).values_list("municipality_id", flat=True)
    )
    count = 0
    for unit in Municipality.objects.across_all(reason="demo").as_of(reference):
        rng = random.Random(f"decisions:{unit.number}")  # noqa: S311 - invented data, no secret
        given = answers(Unit(unit.number, False, [], codes), 0, reference)
        chosen = rng.random() < SHARE or unit.number in SHOWN
        if not chosen or given["plan.status"] not in ("own", "inside", "process"):
            continue
        if until < moment or unit.pk in done:
            continue
        writer = _Writer(unit, reviewers[unit.office_id], moment, rng, began[unit.pk])
        if step:
            writer.revise(given)
        else:
            writer.history(given)
        count += 1
    return count


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(10, 30), OSLO)


class _Writer:
    """Writes the entries of one unit."""

    def __init__(self, unit: Any, actor: User, now: dt.datetime, rng: random.Random, began: dt.date) -> None:
        self.unit, self.actor, self.now, self.rng, self.began = unit, actor, now, rng, began
        self.by = {"municipality": unit, "actor": actor, "now": now}

    def history(self, given: Mapping[str, Any]) -> None:
        """The way until the autumn of 2021: steps, the decision or its process, and the plans."""
        self._steps()
        decision = self._decision(given)
        years = {"handlingsdel": (2021, 2024), "budget": (2021, 2021)}
        for plan_type in given.get("plan.anchoring", ()):
            first, last = years.get(plan_type, (None, None))
            month = 12 if first else self.rng.randint(1, 11)
            adopted = dt.date(2020, month, self.rng.randint(2, 18))
            name = NAMES.get(plan_type, "")
            entry = AnchoringEntry(
                plan_type, name=name, adopted_on=adopted, covers_from=first, covers_to=last, decision=decision
            )
            anchoring_enter(entry=entry, **self.by)

    def _steps(self) -> None:
        start = max(dt.date(2019, 2, 1), self.began) + dt.timedelta(days=self.rng.randint(0, 60))
        progress_enter(entry=ProgressEntry(start, step=1), **self.by)
        mapped = start + dt.timedelta(days=self.rng.randint(120, 300))
        delay = self.rng.choice((0, 3, 6, 8))
        reason = "pandemic" if delay else ""
        progress_enter(entry=ProgressEntry(mapped, 2, 2, delay, reason), **self.by)
        later = mapped + dt.timedelta(days=self.rng.randint(90, 240))
        note = "Kartleggingen ble satt på vent i 2020." if delay else ""
        progress_enter(entry=ProgressEntry(later, 3, 2, delay, reason, note), **self.by)

    def _decision(self, given: Mapping[str, Any]) -> PlanDecision | None:
        process = DecisionEntry(
            "process",
            valid_from=dt.date(2020, 1, 15) + dt.timedelta(days=self.rng.randint(0, 15)),
            expected_on=dt.date(2020, 6, 15),
            process="Arbeidsgruppa kartlegger tjenestene, og eldrerådet blir hørt før saken går til kommunestyret.",
        )
        first = decision_enter(entry=process, **self.by)
        decided = given.get("plan.decided_on")
        if given["plan.status"] == "process" or not decided or dt.date.fromisoformat(decided) > REGISTERED:
            return first
        day = dt.date.fromisoformat(decided)
        taken = {code: position for code, position in given["solutions"].items() if position != "not_considered"}
        entry = DecisionEntry(
            given["plan.status"],
            title=self.rng.choice(TITLES),
            decided_on=day,
            case_number=given["plan.case"],
            link=given.get("plan.link", ""),
            elder_council_on=day - dt.timedelta(days=self.rng.randint(6, 20)),
            elder_council=self.rng.choice(STATEMENTS),
            areas={"1": "adopted", "3": "adopted"},
            solutions=taken,
        )
        return decision_enter(entry=entry, **self.by)

    def revise(self, given: Mapping[str, Any]) -> None:
        """The winter's revision: most have a new økonomiplan and budget, some only expect it."""
        for plan_type in given.get("plan.anchoring", ()):
            if plan_type == "handlingsdel" and self.rng.random() < 0.6:
                self._plan(plan_type, 2022, 2025)
            elif plan_type == "budget":
                self._plan(plan_type, 2022, 2022)
        if "samfunnsdel" not in given.get("plan.anchoring", ()):
            note = "Reformen tas inn når samfunnsdelen fornyes."
            entry = AnchoringEntry("samfunnsdel", is_expected=True, expected_on=dt.date(2022, 12, 15), note=note)
            anchoring_enter(entry=entry, **self.by)

    def _plan(self, plan_type: str, first: int, last: int) -> None:
        adopted = dt.date(2021, 12, self.rng.randint(7, 17))
        entry = AnchoringEntry(plan_type, adopted_on=adopted, covers_from=first, covers_to=last)
        anchoring_enter(entry=entry, **self.by)
