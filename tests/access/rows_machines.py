"""Who gives a municipality's own system access. What that system may is in tests/reporting/test_machine_api.py."""

from __future__ import annotations

from municipalities.models import Municipality, ServiceAccount
from tests.access.matrix import Row, Target
from tests.world import World


def a_name(world: World, unit: Municipality) -> Target:
    return Target(kwargs={}, data={"name": "Fagsystem"})


def nobody(world: World, unit: Municipality) -> Target:
    assert not ServiceAccount.objects.across_all(reason="test").exists()
    return Target(kwargs={}, data={"maskin": "1"})


ROWS = [
    Row("machines", "GET", "service.manage"),
    Row("machines", "POST", "service.manage", a_name),
    Row("machine_revoke", "GET", "service.manage"),
    Row("machine_revoke", "POST", "service.manage", nobody, nothing_there=True),
]
