"""No sequence of grants gives more than the level above had. In a file of its own: its world stands while it lasts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from municipalities.access import scope_of
from municipalities.models import User
from municipalities.services import EntryRefused, access_give
from tests.municipalities.test_access_levels import EDITOR, HDIR, OFFICE, RIGHT, at
from tests.world import UNITS, UNITS_2022, build_world

pytestmark = pytest.mark.django_db

WHO = (HDIR, OFFICE, "statsforvalter-troms-og-finnmark", EDITOR, "reader-3004", "hdir", "ks-oslo-og-viken", "new-1",
       "new-2")  # fmt: skip
WHERE = ("", "oslo-og-viken", "troms-og-finnmark", "3004", "3025", "5430")
ROLES = ("municipality_editor", "municipality_reader", "statsforvalter", "ks", "usht", "hdir", "hdir_admin", "hod")
STEP = st.tuples(
    st.sampled_from(WHO), st.sampled_from(sorted(RIGHT.values())), st.sampled_from(WHERE), st.sampled_from(ROLES),
    st.sampled_from(WHO),
)  # fmt: skip
OFFICE_OF = {unit: UNITS[unit][0] for unit in UNITS_2022}


def held(world, user, today):
    """Somebody's accesses as (role, where), in the words of this file."""
    units = {unit.pk: number for number, unit in world.units.items()}
    offices = {office.pk: key for key, office in world.offices.items()}
    grants = scope_of(User.objects.get(pk=user.pk), today=today).grants
    return {(one.role, units.get(one.municipality_id) or offices.get(one.office_id) or "") for one in grants}


def below(have, role, where) -> bool:
    """Whether somebody who holds ``have`` stands above (role, where): the rule, said once more and apart from it."""
    if role.startswith("municipality_"):
        return ("statsforvalter", OFFICE_OF.get(where)) in have or ("municipality_editor", where) in have
    return ("hdir_admin", "") in have


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@settings(max_examples=15)
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_no_sequence_of_grants_gives_more_than_the_level_above_had(stage, steps):
    world, now, today = stage, dt.datetime(2022, 5, 4, 7, tzinfo=dt.UTC), dt.date(2022, 5, 4)
    with transaction.atomic():
        for who, right, where, role, to in steps:
            actor, receiver = (User.objects.filter(username__in=[n, f"{n}@etat.example"]).first() for n in (who, to))
            if actor is None:
                continue
            had, mine = held(world, actor, today), receiver and held(world, receiver, today)
            try:
                access_give(
                    place=at(world, where), right=right, role=role, first_name="A", last_name="B", actor=actor, now=now,
                    email=receiver.email if receiver else f"{to}@etat.example",
                )  # fmt: skip
            except (PermissionDenied, EntryRefused):
                if receiver:
                    assert held(world, receiver, today) == mine
                continue
            got = User.objects.get(username__in=[to, f"{to}@etat.example"])
            assert below(had, role, where), (who, had, role, where)
            assert got != actor and (role, where) in held(world, got, today)
            assert held(world, got, today) - {(role, where)} <= (mine or set())
        transaction.set_rollback(True)
