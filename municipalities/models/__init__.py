"""Who exists on a day, who may see whom, what each has decided, and what has happened."""

from municipalities.models.corrections import CorrectionProposal
from municipalities.models.decisions import (
    AreaPosition,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    PlanDocument,
    SolutionPosition,
)
from municipalities.models.people import Membership, Role, ServiceAccount, User
from municipalities.models.places import (
    County,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    Office,
    OfficeName,
)
from municipalities.models.trail import Event, OutgoingMail

__all__ = [
    "AreaPosition",
    "CorrectionProposal",
    "County",
    "Event",
    "Membership",
    "Municipality",
    "MunicipalityLink",
    "MunicipalityVersion",
    "Office",
    "OfficeName",
    "OutgoingMail",
    "PhaseStatus",
    "PlanAnchoring",
    "PlanDecision",
    "PlanDocument",
    "Role",
    "ServiceAccount",
    "SolutionPosition",
    "User",
]
