"""Access to the table of rights, and to what is stored about oneself."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import LOGIN, Row, Target
from tests.access.rows_corrections import style
from tests.world import World


def json_style(world: World, unit: Municipality) -> Target:
    return Target(kwargs={"style": "json"})


ROWS = [
    Row("rights", "GET", "rights.read"),
    Row("rights_file", "GET", "rights.read", style),
    Row("about_me", "GET", LOGIN),
    Row("about_me", "POST", LOGIN),
    Row("about_me_file", "GET", LOGIN, json_style),
]
