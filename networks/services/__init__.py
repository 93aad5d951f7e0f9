"""What an approved report and the region's staff change in the registers of networks and support."""

from networks.services.meetings import meeting_change, meeting_register, meeting_remove
from networks.services.networks import network_change, network_create, network_end, network_values
from networks.services.participations import (
    participation_change,
    participation_end,
    participation_remove,
    participations_add,
)
from networks.services.registers import network_register, participation_register, support_register

__all__ = [
    "meeting_change",
    "meeting_register",
    "meeting_remove",
    "network_change",
    "network_create",
    "network_end",
    "network_register",
    "network_values",
    "participation_change",
    "participation_end",
    "participation_register",
    "participation_remove",
    "participations_add",
    "support_register",
]
