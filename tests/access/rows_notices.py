"""Who sees what is told to whom, and writes the texts: Hdir alone."""

from __future__ import annotations

from municipalities.models import Municipality
from tests.access.matrix import Row, Target
from tests.world import World


def text(world: World, unit: Municipality) -> Target:
    """The text of one notice, and words that cannot be used."""
    return Target(kwargs={"audience": "municipality", "kind": "opened"}, data={"nb_subject": "{nei}"})


ROWS = [
    Row("notice_list", "GET", "notice.edit"),
    Row("notice_day", "GET", "notice.edit"),
    Row("notice_texts", "GET", "notice.edit"),
    Row("notice_text", "GET", "notice.edit", text),
    Row("notice_text", "POST", "notice.edit", text),
]
