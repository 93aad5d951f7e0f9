"""The core indicators, and what a form must ask so that they can be counted. Pure.

The figures are counted by question code and answer key (``documents.rules``, and the registers that an approved report
writes), so both must be there under the same names in every round: else a figure is empty, and nobody sees why. An
extra round asks what it asks, and is not held to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporting.compose.editing import questions_of
from reporting.documents import rules


@dataclass(frozen=True)
class Counted:
    """The question that a core indicator is counted from: its code, kind, and the answers that are counted."""

    code: str
    kind: str
    keys: tuple[str, ...] = ()


CORE: Mapping[str, Counted] = {
    "plan.status": Counted("plan.status", "one_of", rules.ADOPTED_OR_PROCESS),
    "plan.anchoring": Counted("plan.anchoring", "several_of", ("samfunnsdel",)),
    "network.participates": Counted("network.participates", "one_of", ("yes",)),
    "support.received": Counted("support.received", "several_of"),
    "solutions.position": Counted("solutions", "matrix", rules.POSITION_TAKEN),
    "progress.phase": Counted("progress.phase", "one_of"),
}
"""The core indicators that a municipality's form must feed: the note to HOD is built on them (Tillegg 40)."""

MISSING, KIND, ANSWERS, TWICE = "indicator_missing", "indicator_kind", "indicator_answers", "indicator_twice"


def uncounted(definition: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What keeps a core indicator from being counted: ``(fault, indicator, question code)``."""
    found = {str(question.get("code")): question for _section, question in questions_of(definition)}
    for indicator, counted in CORE.items():
        question = found.get(counted.code)
        if question is None or question.get("indicator") != indicator:
            yield MISSING, indicator, ""
        elif question.get("kind") != counted.kind:
            yield KIND, indicator, counted.code
        elif set(counted.keys) - {str(option.get("key")) for option in question.get("options") or ()}:
            yield ANSWERS, indicator, counted.code
        for code, other in found.items():
            if code != counted.code and (other.get("indicator"), other.get("kind")) == (indicator, counted.kind):
                yield TWICE, indicator, code
