"""The register of networks knows that the municipality takes part, and the report says that it does not."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from reporting.checks import sources
from reporting.checks.finding import REMARK, Check, CheckFacts, Finding


def find(facts: CheckFacts) -> list[Finding]:
    """A remark at the answer no where the register has an active participation."""
    if facts.registers.get("network.participates") == "yes" and facts.answers.get("network.participates") == "no":
        text = _("The register says that you take part in a network. When the report is approved, that ends there too.")
        return [Finding(REMARK, CHECK.code, text, "network.participates")]
    return []


CHECK = Check(
    code="register_network",
    level=REMARK,
    title=_("Who leaves a network is told that the register follows."),
    why=_("Participation is a core indicator, and the networks' own lists are built on the register."),
    compares=_("The answer about taking part in a network and the network register on the reference date."),
    source=sources.INDICATORS,
    says=_("A core indicator is which municipalities take part in regional learning networks."),
    questions=("network.participates",),
    find=find,
)
