"""The criteria of 2021 once more, written from the text of the national plan (chapter 3.2) with plain sets.

It shares nothing with ``grants``: it reads whole tables, and asks of every municipality at once who is in which set.
A *slice* is a day whose registers are looked at: the day asked about, or the last day of a municipality that is no
more. What is expected is compared with the day asked about.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import (
    AreaPosition,
    Event,
    MunicipalityLink,
    MunicipalityVersion,
    PlanAnchoring,
    PlanDecision,
    SolutionPosition,
)
from networks.models import Participation
from reporting.models import Report, Submission

FIVE = {"1", "2", "3", "4", "5"}
NOT_REGIONAL = {"age_friendly"}
CODES = ("plan_or_process", "plan_content", "samfunnsdel", "network")
Rows = list[dict[str, Any]]


def table(model: Any, *names: str) -> Rows:
    return list(model.objects.get_queryset().values("id", *names))


def read() -> dict[str, Rows]:
    """The tables, whole."""
    dated = ("municipality_id", "valid_from", "valid_to")
    return {
        "units": table(MunicipalityVersion, *dated, "municipality__kind"),
        "links": table(MunicipalityLink, "old_id", "new_id", "kind", "on"),
        "plans": table(PlanDecision, *dated, "status", "decided_on", "expected_on", "process"),
        "solutions": table(SolutionPosition, *dated, "position", "solution__area__code"),
        "areas": table(AreaPosition, *dated, "position", "area__code"),
        "anchorings": table(PlanAnchoring, *dated, "plan_type", "is_expected"),
        "parts": table(Participation, *dated, "status", "network__kind"),
        "events": table(Event, "object_type", "object_id", "name", "happened_at"),
        "reports": table(Report, "municipality_id", "round__reference_date", "round__kind"),
        "submissions": table(Submission, "report_id", "number", "answers", "submitted_at", "form_version__definition"),
    }


def holds(row: dict[str, Any], day: dt.date) -> bool:
    return row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] >= day)


def approved(tables: dict[str, Rows], day: dt.date) -> list[tuple[int, dt.date, dict[str, Any]]]:
    """Unit, reference date and Submission of every report that stood approved when the day was over in Oslo."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), ZoneInfo("Europe/Oslo"))
    last: dict[int, dict[str, Any]] = {}
    for row in sorted(tables["events"], key=lambda row: row["id"]):
        about = row["object_type"] == "reporting.report" and row["name"] in ("approve", "take_back")
        if about and row["happened_at"] < end:
            last[row["object_id"]] = row
    found = []
    for report in tables["reports"]:
        event = last.get(report["id"])
        if event is None or event["name"] == "take_back" or report["round__kind"] == "test":
            continue
        sent = [
            row
            for row in tables["submissions"]
            if row["report_id"] == report["id"] and row["submitted_at"] <= event["happened_at"]
        ]
        newest = max(sent, key=lambda row: row["number"])
        found.append((report["municipality_id"], report["round__reference_date"], newest))
    return found


class Slice:
    """Which municipalities are in which set, by the registers of ``cut``, for a list of ``day``."""

    def __init__(self, tables: dict[str, Rows], reports: list[Any], cut: dt.date, day: dt.date) -> None:
        self.tables, self.cut, self.day = tables, cut, day
        self.report: dict[int, tuple[dt.date, dict[str, Any]]] = {}
        for unit, reference, sent in sorted(reports, key=lambda entry: entry[1]):
            if reference <= min(cut, day):
                self.report[unit] = (reference, sent)
        self.met: dict[str, set[int]] = {}
        self.known: dict[str, set[int]] = {}
        self._plan()
        self._samfunnsdel()
        self._network()

    def now(self, name: str) -> Rows:
        return [row for row in self.tables[name] if holds(row, self.cut)]

    def reported(self, gone: Rows) -> dict[int, dict[str, Any]]:
        """The answers by unit, without those of units whose rows in the register have ended since the report."""
        ended = defaultdict(set)
        held = {row["municipality_id"] for row in gone if holds(row, self.cut)}
        for row in gone:
            if row["valid_to"] and row["valid_from"] <= self.cut and row["municipality_id"] not in held:
                ended[row["municipality_id"]].add(row["valid_to"])
        return {
            unit: sent["answers"]
            for unit, (reference, sent) in self.report.items()
            if not any(last >= reference for last in ended[unit])
        }

    def _plan(self) -> None:
        """«Kommunene skal enten ha vedtatt en plan eller beskrevet en prosess for hvordan og når …», and «En plan
        innebærer at kommunestyret har tatt stilling til innsatsområdene og løsningene …»."""
        said = self.reported(self.tables["plans"])
        plans: dict[int, tuple[str, Any, Any, str]] = {
            unit: (
                given["plan.status"], _date(given.get("plan.decided_on")), _date(given.get("plan.expected_on")),
                given.get("plan.process", ""),
            )
            for unit, given in said.items()
            if given.get("plan.status")
        }  # fmt: skip
        for row in sorted(self.now("plans"), key=lambda row: (row["valid_from"], row["id"])):
            plans[row["municipality_id"]] = (row["status"], row["decided_on"], row["expected_on"], row["process"])
        has_plan = {
            unit for unit, (status, on, _e, _p) in plans.items()
            if status in ("own", "inside") and not (on and on > self.day)
        }  # fmt: skip
        dated = {unit for unit in has_plan if plans[unit][1]}
        how = {unit for unit, plan in plans.items() if plan[0] == "process" and plan[3]}
        when = {unit for unit, plan in plans.items() if plan[0] == "process" and plan[2] and plan[2] >= self.day}
        self.met["plan_or_process"] = has_plan | (how & when)
        self.met["plan_content"] = {u for u in dated if self._areas(said).get(u, set()) >= FIVE} | (how & when)
        self.known["plan_or_process"] = self.known["plan_content"] = set(plans)

    def _areas(self, said: dict[int, dict[str, Any]]) -> dict[int, set[str]]:
        if not hasattr(self, "_positions"):
            rows = [(row["municipality_id"], row["solution__area__code"], row["position"]) for row in
                    self.now("solutions")]  # fmt: skip
            rows += [(row["municipality_id"], row["area__code"], row["position"]) for row in self.now("areas")]
            registered = {unit for unit, _area, _position in rows}
            rows += [
                (unit, code[0], position)
                for unit, given in said.items()
                if unit not in registered
                for code, position in given.get("solutions", {}).items()
            ]
            self._positions: dict[int, set[str]] = defaultdict(set)
            for unit, area, position in rows:
                if position != "not_considered":
                    self._positions[unit].add(area)
        return self._positions

    def _samfunnsdel(self) -> None:
        """«Kommunene skal synliggjøre hvordan reformen er tenkt integrert i kommuneplanens samfunnsdel …»."""
        every = [row for row in self.tables["anchorings"] if row["plan_type"] == "samfunnsdel"]
        adopted = [row for row in every if not row["is_expected"]]
        shown = {row["municipality_id"] for row in every if holds(row, self.cut)}
        over = {row["municipality_id"] for row in adopted if row["valid_to"] and row["valid_to"] < self.cut}
        said = self.reported(adopted)
        named = {unit for unit, given in said.items() if "samfunnsdel" in given.get("plan.anchoring", [])}
        asked = {unit for unit in said if "plan.anchoring" in str(self.report[unit][1]["form_version__definition"])}
        self.met["samfunnsdel"] = shown | named
        self.known["samfunnsdel"] = shown | named | asked | over

    def _network(self) -> None:
        """«Kommunene må vise til deltakelse eller planlagt deltakelse i regionale nettverk …»."""
        regional = [row for row in self.tables["parts"] if row["network__kind"] not in NOT_REGIONAL]
        there = {row["municipality_id"] for row in regional if holds(row, self.cut)}
        elsewhere = {row["municipality_id"] for row in self.now("parts")} - there
        over = {row["municipality_id"] for row in regional if row["valid_to"] and row["valid_to"] < self.cut}
        said = {
            unit: given["network.participates"]
            for unit, given in self.reported(regional).items()
            if given.get("network.participates") and unit not in there | elsewhere
        }
        self.met["network"] = there | {unit for unit, word in said.items() if word in ("yes", "planned")}
        self.known["network"] = there | elsewhere | set(said) | over


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def by_the_letter(tables: dict[str, Rows], day: dt.date) -> dict[int, dict[str, str]]:
    """Met, not met or unknown for every municipality of the day, by its identity and the criterion."""
    reports = approved(tables, day)
    versions = [row for row in tables["units"] if row["municipality__kind"] == "municipality"]
    slices: dict[dt.date, Slice] = {}

    def exists(unit: int, on: dt.date) -> bool:
        return any(row["municipality_id"] == unit and holds(row, on) for row in versions)

    def state(code: str, unit: int, cut: dt.date) -> str:
        if cut not in slices:
            slices[cut] = Slice(tables, reports, cut, day)
        if unit in slices[cut].known[code]:
            return "met" if unit in slices[cut].met[code] else "not_met"
        olds = [
            (row["old_id"], row["on"] - dt.timedelta(days=1))
            for row in tables["links"]
            if row["new_id"] == unit != row["old_id"] and row["kind"] in ("merger", "split") and row["on"] <= cut
        ]
        olds = [(old, last) for old, last in olds if not exists(unit, last)]
        found = {state(code, old, last) for old, last in olds}
        return "unknown" if found <= {"unknown"} else "met" if found == {"met"} else (
            "not_met" if "not_met" in found else "unknown"
        )  # fmt: skip

    units = {row["municipality_id"] for row in versions if holds(row, day)}
    return {unit: {code: state(code, unit, day) for code in CODES} for unit in units}
