"""The criteria for priority: one criterion = one function = one file = one test. Pure.

They are judged as of a day from what ``grants/collect.py`` has read, and never typed in.
"""

from __future__ import annotations

from grants.criteria import network, plan_content, plan_or_process, samfunnsdel
from grants.criteria.facts import Outcome, Rule, Settings, UnitFacts
from grants.criteria.parts import judge_whole

RULES: dict[str, Rule] = {
    module.RULE.code: module.RULE for module in (plan_or_process, plan_content, samfunnsdel, network)
}


def judge(code: str, facts: UnitFacts, settings: Settings) -> Outcome:
    """What the criterion ``code`` comes to for one municipality; ``settings`` say what it is to accept, with the
    rule's defaults where a key is missing. Raises KeyError for a code that is no criterion."""
    rule = RULES[code]
    return judge_whole(rule, facts, {**rule.defaults, **settings})
