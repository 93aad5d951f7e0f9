"""What the app does: names on a day, roles, and the registers that an approved report changes."""

from municipalities.services.contacts import ROLES as CONTACT_ROLES
from municipalities.services.contacts import (
    Contact,
    contact_end,
    contact_invite,
    contact_remind,
    contacts_of,
    notice_language_set,
)
from municipalities.services.dated import EntryRefused
from municipalities.services.names import (
    OfficeNameOnDay,
    UnitName,
    lineage_of_all,
    lineage_of_changed,
    office_names,
    unit_names,
    unit_with_number,
    units_search,
)
from municipalities.services.people import (
    Followed,
    Homeless,
    PlaceRefused,
    membership_end,
    membership_grant,
    membership_place,
    memberships_follow,
    memberships_follow_all,
    memberships_homeless,
)
from municipalities.services.registers import (
    phase_status_register,
    plan_anchoring_register,
    plan_decision_register,
    register_lock,
    register_set,
    solution_positions_register,
)

__all__ = [
    "CONTACT_ROLES",
    "Contact",
    "EntryRefused",
    "Followed",
    "Homeless",
    "OfficeNameOnDay",
    "PlaceRefused",
    "UnitName",
    "contact_end",
    "contact_invite",
    "contact_remind",
    "contacts_of",
    "lineage_of_all",
    "lineage_of_changed",
    "membership_end",
    "membership_grant",
    "membership_place",
    "memberships_follow",
    "memberships_follow_all",
    "memberships_homeless",
    "notice_language_set",
    "office_names",
    "phase_status_register",
    "plan_anchoring_register",
    "plan_decision_register",
    "register_lock",
    "register_set",
    "solution_positions_register",
    "unit_names",
    "unit_with_number",
    "units_search",
]
