"""The criterion that the municipality shows how the reform is taken into the samfunnsdel. Pure."""

from __future__ import annotations

from grants.criteria.facts import MET, NOT_MET, UNKNOWN, Anchoring, Evidence, Outcome, Rule, Settings, UnitFacts
from grants.criteria.plan import answer_evidence

SAMFUNNSDEL = "samfunnsdel"
QUESTION = "plan.anchoring"


def judge(facts: UnitFacts, settings: Settings) -> Outcome:
    """Whether the reform is taken into the samfunnsdel of the municipal plan, or is shown to be meant to.

    Source: national plan 2021, ch. 3.2, third criterion: "Kommunene skal synliggjøre hvordan reformen er tenkt
    integrert i kommuneplanens samfunnsdel (etter § 11-2 i plan og bygningsloven)". Met by an anchoring in an adopted
    samfunnsdel, from the day of that plan; with ``intended_counts`` also by one that is expected. Not met when the
    register ended it, or an approved report was asked and leaves it out; unknown when nothing is known.
    """
    rows = sorted(row for row in facts.anchorings if row.plan_type == SAMFUNNSDEL)
    answers = facts.answered(SAMFUNNSDEL)
    named = answers is not None and SAMFUNNSDEL in answers.values.get(QUESTION, ())
    beside = (answer_evidence(answers, QUESTION, "samfunnsdel.answer"),) if answers and named else ()
    held = [row for row in rows if not row.is_expected]
    if held:
        return Outcome(MET, (_evidence(held[0]), *beside), held[0].adopted_on or held[0].valid_from)
    if answers and named:
        return Outcome(MET, beside, answers.reference_date)
    if rows:
        evidence = tuple(_evidence(row) for row in rows)
        if settings["intended_counts"]:
            return Outcome(MET, evidence, rows[0].valid_from)
        return Outcome(NOT_MET, evidence, missing="samfunnsdel.intended")
    if answers is not None and QUESTION in answers.asked:
        left_out = answer_evidence(answers, QUESTION, "samfunnsdel.left_out")
        return Outcome(NOT_MET, (left_out,), missing="samfunnsdel.missing")
    if SAMFUNNSDEL in facts.ended:
        return Outcome(NOT_MET, missing="samfunnsdel.ended")
    return Outcome(UNKNOWN, missing="samfunnsdel.unknown")


def _evidence(row: Anchoring) -> Evidence:
    word = "samfunnsdel.expected" if row.is_expected else "samfunnsdel.adopted"
    since = row.valid_from if row.is_expected else row.adopted_on or row.valid_from
    return Evidence("anchoring", row.id, row.unit, since, word)


RULE = Rule(
    code="samfunnsdel",
    source="Nasjonal gjennomføringsplan 2021, kap. 3.2, tredje kriterium",
    version=1,
    defaults={"intended_counts": True},
    judge=judge,
)
