"""The criterion that the municipality takes part, or plans to, in a regional network. Pure."""

from __future__ import annotations

import datetime as dt

from grants.criteria.facts import MET, NOT_MET, UNKNOWN, Answers, Evidence, Outcome, Participation, Rule, Settings
from grants.criteria.facts import UnitFacts as Facts
from grants.criteria.plan import answer_evidence

ACTIVE, PLANNED = "active", "planned"
QUESTION = "network.participates"
SAYS = {"yes": ACTIVE, "planned": PLANNED}


def judge(facts: Facts, settings: Settings) -> Outcome:
    """Whether the municipality takes part in a regional network of the reform, or plans to.

    Source: national plan 2021, ch. 3.2, fourth criterion: "Kommunene må vise til deltakelse eller planlagt deltakelse
    i regionale nettverk for Leve hele livet for erfaringsdeling og gjensidig støtte og bistand med andre kommuner".
    Which networks are regional: Tillegg 40. Met by an active participation that holds; with ``planned_counts`` also by
    one that is planned. The report's answer counts where the register holds no participation; a network of another
    kind is none. Not met when it was answered with no, or has ended; unknown when nothing is known.
    """
    answers = facts.answered("network")
    said = answers.one(QUESTION) if answers else ""
    regional = sorted(row for row in facts.participations if row.is_regional)
    for status in (ACTIVE, PLANNED):
        rows = [row for row in regional if row.status == status]
        if rows:
            beside = (answer_evidence(answers, QUESTION),) if answers and SAYS.get(said) == status else ()
            first = min(rows, key=lambda row: (row.valid_from, row.id))
            return _held(status, (*map(_evidence, rows), *beside), first.valid_from, settings)
    if facts.participations:
        return Outcome(NOT_MET, tuple(map(_evidence, sorted(facts.participations))), missing="network.other_kind")
    if answers and said:
        return _answered(said, answers, settings)
    return Outcome(NOT_MET if "network" in facts.ended else UNKNOWN, missing=_missing(facts))


def _answered(said: str, answers: Answers, settings: Settings) -> Outcome:
    evidence = (answer_evidence(answers, QUESTION),)
    if said in SAYS:
        return _held(SAYS[said], evidence, answers.reference_date, settings)
    return Outcome(NOT_MET, evidence, missing="network.missing")


def _held(status: str, evidence: tuple[Evidence, ...], since: dt.date, settings: Settings) -> Outcome:
    if status == ACTIVE or settings["planned_counts"]:
        return Outcome(MET, evidence, since)
    return Outcome(NOT_MET, evidence, missing="network.planned")


def _missing(facts: Facts) -> str:
    return "network.ended" if "network" in facts.ended else "network.unknown"


def _evidence(row: Participation) -> Evidence:
    word = f"network.{row.status}" if row.is_regional else "network.not_regional"
    return Evidence("participation", row.id, row.unit, row.valid_from, word)


RULE = Rule(
    code="network",
    source="Nasjonal gjennomføringsplan 2021, kap. 3.2, fjerde kriterium",
    version=1,
    defaults={"planned_counts": True},
    judge=judge,
)
