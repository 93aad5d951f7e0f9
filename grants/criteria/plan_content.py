"""The criterion of what a plan is: that the municipal council has taken a position on areas and solutions. Pure."""

from __future__ import annotations

import datetime as dt

from grants.criteria import plan_or_process
from grants.criteria.facts import AREAS, MET, NOT_MET, UNKNOWN, Evidence, Outcome, Rule, Settings, UnitFacts
from grants.criteria.plan import PROCESS, Plan, answer_evidence, plan_of

NOT_CONSIDERED = "not_considered"


def judge(facts: UnitFacts, settings: Settings) -> Outcome:
    """Whether the council has decided, and has taken a position in each of the five focus areas.

    Source: national plan 2021, ch. 3.2, second criterion: "En plan innebærer at kommunestyret har tatt stilling til
    innsatsområdene og løsningene i reformen og vedtatt hvordan reformen skal gjennomføres lokalt". Met by a plan in
    force with the day of its decision, and in each area a position on the area itself or on one of its solutions;
    "not considered" is none. The areas that lack one are named.

    All four criteria must hold and the first accepts a process, so with ``process_counts`` this one is met for the
    time being where the first is met by a process: there is no plan yet whose content could be judged. Unknown when
    nothing is known of a plan.
    """
    plan = plan_of(facts)
    if plan is None:
        return Outcome(UNKNOWN, missing="plan.unknown")
    if plan.status == PROCESS and settings["process_counts"]:
        return _for_the_time_being(facts, settings)
    if not plan.is_adopted(facts.day):
        return plan_or_process.judge(facts, {"process_counts": False})
    taken = _taken(facts)
    evidence = (*plan.evidence, *(taken[area] for area in AREAS if area in taken))
    if plan.decided_on is None:
        return Outcome(NOT_MET, evidence, missing="plan.undated")
    lacking = tuple(area for area in AREAS if area not in taken)
    if lacking:
        return Outcome(NOT_MET, evidence, missing="content.areas", about=lacking)
    return Outcome(MET, evidence, _since(plan, evidence))


def _for_the_time_being(facts: UnitFacts, settings: Settings) -> Outcome:
    first = plan_or_process.judge(facts, settings)
    if first.state != MET:
        return first
    row = first.evidence[0]
    return Outcome(MET, (row._replace(word="content.process"), *first.evidence[1:]), first.since)


def _taken(facts: UnitFacts) -> dict[str, Evidence]:
    """In which areas a position is taken, each with the one that has held longest; from the registers, and where they
    hold no position at all from the approved report."""
    if not facts.positions:
        answers = facts.answered("plan")
        if answers is None:
            return {}
        areas = {code.partition(".")[0] for code, said in answers.positions.items() if said != NOT_CONSIDERED}
        found = answer_evidence(answers, "solutions", "position.answer")
        return {area: found._replace(area=area) for area in areas}
    first: dict[str, Evidence] = {}
    for row in facts.positions:
        held = first.get(row.area)
        if row.since is None or row.id is None:
            continue
        if held is None or held.since is None or row.since < held.since:
            first[row.area] = Evidence("position", row.id, row.unit, row.since, f"position.{row.of}", area=row.area)
    return first


def _since(plan: Plan, evidence: tuple[Evidence, ...]) -> dt.date:
    days = [row.since for row in evidence if row.area and row.since is not None]
    return max([plan.since, *days])


RULE = Rule(
    code="plan_content",
    source="Nasjonal gjennomføringsplan 2021, kap. 3.2, andre kriterium",
    version=1,
    defaults={"process_counts": True},
    judge=judge,
)
