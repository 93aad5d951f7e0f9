"""Who exists on a day, who may see whom, what each has decided, and what has happened."""

from municipalities.models.accounts import Invitation, PasswordWish
from municipalities.models.corrections import CorrectionProposal
from municipalities.models.decisions import (
    AreaPosition,
    PhaseStatus,
    PlanAnchoring,
    PlanDecision,
    PlanDocument,
    SolutionPosition,
)
from municipalities.models.people import Membership, ProviderSession, Role, ServiceAccount, User
from municipalities.models.places import (
    County,
    Municipality,
    MunicipalityLink,
    MunicipalityVersion,
    Office,
    OfficeName,
)
from municipalities.models.trail import Event, OutgoingMail, TrailDeletion, TrailSeal

__all__ = [
    "AreaPosition",
    "CorrectionProposal",
    "County",
    "Event",
    "Invitation",
    "Membership",
    "Municipality",
    "MunicipalityLink",
    "MunicipalityVersion",
    "Office",
    "OfficeName",
    "OutgoingMail",
    "PasswordWish",
    "PhaseStatus",
    "PlanAnchoring",
    "PlanDecision",
    "PlanDocument",
    "ProviderSession",
    "Role",
    "ServiceAccount",
    "SolutionPosition",
    "TrailDeletion",
    "TrailSeal",
    "User",
]
