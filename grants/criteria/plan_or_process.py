"""The criterion that a plan is adopted, or that a process says how and when it will be. Pure."""

from __future__ import annotations

from grants.criteria.facts import MET, NOT_MET, UNKNOWN, Outcome, Rule, Settings, UnitFacts
from grants.criteria.plan import ADOPTED, PROCESS, Plan, plan_of


def judge(facts: UnitFacts, settings: Settings) -> Outcome:
    """Whether the municipality has a plan, or a described process towards one.

    Source: national plan 2021, ch. 3.2, first criterion: "Kommunene skal enten ha vedtatt en plan eller beskrevet en
    prosess for hvordan og når de skal vedta en plan for gjennomføring av Leve hele livet". An adopted plan (of its own,
    or inside another) meets it from the day of the decision. With ``process_counts`` a process meets it that says how
    (a description) and when (an expected day), as long as that day has not passed: then the decision is due. Unknown
    when neither register nor approved report says anything.
    """
    plan = plan_of(facts)
    if plan is None:
        return Outcome(UNKNOWN, missing="plan.unknown")
    if plan.is_adopted(facts.day):
        return Outcome(MET, plan.evidence, plan.since)
    if plan.status == PROCESS:
        return _process(plan, facts, settings)
    if plan.status in ADOPTED and plan.decided_on is not None:
        return Outcome(NOT_MET, plan.evidence, missing="plan.decided_later", about=(plan.decided_on.isoformat(),))
    return Outcome(NOT_MET, plan.evidence, missing=f"plan.{plan.status}")


def _process(plan: Plan, facts: UnitFacts, settings: Settings) -> Outcome:
    if not settings["process_counts"]:
        return Outcome(NOT_MET, plan.evidence, missing="plan.process")
    if plan.expected_on is None or not plan.has_process:
        both = plan.expected_on is None and not plan.has_process
        lacks = "how_and_when" if both else "when" if plan.expected_on is None else "how"
        return Outcome(NOT_MET, plan.evidence, missing=f"process.{lacks}")
    if plan.expected_on < facts.day:
        return Outcome(NOT_MET, plan.evidence, missing="process.passed", about=(plan.expected_on.isoformat(),))
    return Outcome(MET, plan.evidence, plan.since)


RULE = Rule(
    code="plan_or_process",
    source="Nasjonal gjennomføringsplan 2021, kap. 3.2, første kriterium",
    version=1,
    defaults={"process_counts": True},
    judge=judge,
)
