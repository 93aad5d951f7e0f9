"""Who exists on a day, who may see whom, what each has decided, and what has happened."""

from municipalities.models.decisions import PhaseStatus, PlanAnchoring, PlanDecision, SolutionPosition
from municipalities.models.people import Membership, Role, User
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
    "Role",
    "SolutionPosition",
    "User",
]
