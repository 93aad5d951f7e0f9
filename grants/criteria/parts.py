"""How a criterion follows a municipality through a merger or split. Pure.

A plan, a samfunnsdel and a part in a network belong to the municipality that had them; a new one takes its own
position. Until it has, it is what its parts were: a criterion is met when every part met it, for a plan that only a
part of the municipality has is no plan of the whole. It is not met when one part did not meet it, else unknown.
Whatever the municipality's own registers or report say goes before.
"""

from __future__ import annotations

from grants.criteria.facts import MET, NOT_MET, UNKNOWN, Outcome, Rule, Settings, UnitFacts


def judge_whole(rule: Rule, facts: UnitFacts, settings: Settings) -> Outcome:
    """The rule's outcome for a municipality; where nothing is known of it itself, that of the parts it was made of,
    with each part's evidence. ``since`` is the day from which the last of them met it."""
    own = rule.judge(facts, settings)
    if own.state != UNKNOWN or not facts.parts:
        return own
    found = [(part.unit, judge_whole(rule, part, settings)) for part in facts.parts]
    states = {outcome.state for _unit, outcome in found}
    if states == {UNKNOWN}:
        return own
    state = MET if states == {MET} else NOT_MET if NOT_MET in states else UNKNOWN
    days = [outcome.since for _unit, outcome in found if outcome.since is not None]
    return Outcome(
        state=state,
        evidence=tuple(row for _unit, outcome in found for row in outcome.evidence),
        since=max(days) if state == MET and days else None,
        missing="" if state == MET else own.missing if state == UNKNOWN else f"parts.{rule.code}",
        parts=tuple((unit, outcome.state) for unit, outcome in found),
    )
