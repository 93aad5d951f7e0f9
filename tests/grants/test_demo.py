"""The demo's grants: made by the services of the portal, once, and such that every page has something to show."""

from __future__ import annotations

import datetime as dt

import pytest

from grants.demo import YEAR, grants_make
from grants.models import CriterionNote, GrantApplication, PriorityDecision, Scheme
from grants.services.priority_decisions import hash_of
from grants.services.shipped import shipped_load
from municipalities.models import User
from municipalities.registers.services import registers_load
from reporting.demo.people import cast_make

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2022, 5, 4, 9, tzinfo=dt.UTC)
WHY = "a test"


@pytest.fixture
def people():
    registers_load(now=NOW)
    shipped_load()
    cast_make(day=dt.date(2021, 1, 1), now=NOW, password="lang-nok-for-demo", language_nn=())
    return {user.username: user for user in User.objects.all()}


def test_it_is_made_once_and_every_kind_is_there(people):
    doers = {"hdir": people["hdir"], "reviewer": people["statsforvalter-trondelag"]}
    made = grants_make(**doers, now=NOW)
    assert made["schemes"] == 8 and made["applications"] > 100
    assert Scheme.objects.across_all(reason=WHY).filter(year=YEAR).count() == 8
    rows = GrantApplication.objects.across_all(reason=WHY).filter(scheme__year=YEAR)
    assert rows.count() == made["applications"]
    assert {row.status for row in rows} == {"applied", "granted", "refused"} and {True, False} == {
        row.shielded for row in rows
    }
    assert not rows.filter(municipality__kind="district").exists()
    decision = PriorityDecision.objects.across_all(reason=WHY).get()
    assert decision.content_hash == hash_of(decision.canonical)
    before = (CriterionNote.objects.get_queryset().count(), rows.count())
    assert grants_make(**doers, now=NOW) == {}
    assert (CriterionNote.objects.get_queryset().count(), rows.count()) == before
