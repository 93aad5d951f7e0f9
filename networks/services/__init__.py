"""What an approved report and the region's staff change in the registers of networks and support."""

from networks.services.registers import network_register, participation_register, support_register

__all__ = [
    "network_register",
    "participation_register",
    "support_register",
]
