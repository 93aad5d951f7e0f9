"""Who takes part in a network says which: networks and participation are a core indicator (Tillegg 40)."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import ERROR, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """An error at the networks when the answer is yes and none is chosen."""
    if facts.answers.get("network.participates") == "yes" and not facts.answers.get("network.which"):
        return [Finding(ERROR, CHECK.code, _("Choose the network that you take part in."), "network.which")]
    return []


CHECK = Check(
    code="network_missing",
    level=ERROR,
    title=_("Who takes part in a network says which."),
    why=_("Participation is counted by network, and a yes without a network cannot be counted."),
    compares=_("The answer about taking part in a network and the networks that are chosen."),
    source=sources.INDICATORS,
    says=_("A core indicator is which municipalities take part in regional learning networks."),
    questions=("network.participates", "network.which"),
    find=find,
)
