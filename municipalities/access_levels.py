"""Who gives access to whom, who goes through it each year, and whose login needs a second step: the part of
``municipalities.access`` that is about accesses themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import MUNICIPAL, NATIONAL, REGIONAL, Decision, Scope, can, scope_of, units_in
from municipalities.models import Role

GIVES: dict[str, frozenset[str]] = {
    "access.offices": REGIONAL | NATIONAL,
    "access.municipalities": MUNICIPAL,
    "contact.invite": MUNICIPAL,
}
"""Which roles each of the rights that give access reaches: the level above gives to the level below."""


def may_give(
    user: Any, right: str, role: str, *, municipality: Any = None, office: Any = None, today: date
) -> Decision:
    """Whether ``user`` may give (and take away) ``role`` at the unit by ``right``. A national role has no unit.

    Raises KeyError for a right that gives no access.
    """
    if role not in GIVES[right]:
        return Decision(False, _("This role is not yours to give."))
    fits = (role in MUNICIPAL) == (municipality is not None) and (role in REGIONAL) == (office is not None)
    if not fits:
        return Decision(False, _("This role does not belong to such a unit."))
    return can(user, right, municipality or office, today=today)


REVIEWS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    Role.HDIR_ADMIN: (MUNICIPAL | REGIONAL | NATIONAL, MUNICIPAL | REGIONAL | NATIONAL),
    Role.STATSFORVALTER: (MUNICIPAL | REGIONAL, MUNICIPAL),
    Role.MUNICIPALITY_EDITOR: (MUNICIPAL, MUNICIPAL),
}
"""Which roles each reviewer goes through in her own scope, and which of them she may end."""


def reviewed_filter(scope: Scope, *, ending: bool = False) -> Q:
    """The condition on Membership that it is one that the scope goes through each year (or may end)."""
    found = Q(pk__in=())
    for role, (seen, ended) in REVIEWS.items():
        mine, roles = scope.only({role}), ended if ending else seen
        if role == Role.HDIR_ADMIN and mine.grants:
            return Q(role__in=roles)
        if mine.office_ids:
            found |= Q(role__in=roles & MUNICIPAL) & units_in(mine, "municipality")
            found |= Q(role__in=roles & REGIONAL, office_id__in=mine.office_ids)
        if mine.municipality_ids:
            found |= Q(role__in=roles, municipality_id__in=mine.municipality_ids)
    return found


def needs_second_step(user: Any, *, today: date) -> bool:
    """Whether a login of ``user`` must have a second step: Hdir's administrators, and the staff of the site itself."""
    return user.is_staff or user.is_superuser or scope_of(user, today=today).has({Role.HDIR_ADMIN})
