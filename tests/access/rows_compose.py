"""Who may see and change what of a round that is composed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import Municipality, User
from reporting.models import Round
from reporting.services.composing import round_compose
from reporting.services.trial_rounds import round_try
from tests.access.matrix import Row, Target
from tests.reporting.factories import solutions
from tests.world import World

NOW = dt.datetime(2022, 3, 14, 11, 0, tzinfo=ZoneInfo("Europe/Oslo"))
DAY = dt.date(2022, 11, 1)


def composed() -> Round:
    """A round that is being composed; the same for every unit."""
    known = Round.objects.get_queryset().counted().filter(reference_date=DAY).first()
    if known is not None:
        return known
    solutions()
    return round_compose(reference_date=DAY, letter="22/4811", actor=User.objects.get(username="hdir"), now=NOW)


def draft(data: Any = None, **more: str):
    def make(world: World, unit: Municipality) -> Target:
        return Target(obj=composed(), kwargs={"pk": composed().pk, **more}, data=data)

    return make


def trial(world: World, unit: Municipality) -> Target:
    tests = Round.objects.get_queryset().filter(kind=Round.Kind.TEST)
    row = tests.first() or round_try(round_=composed(), actor=User.objects.get(username="hdir"), now=NOW)
    return Target(obj=row, data={})


ROWS = [
    Row("round_list", "GET", "round.compose"),
    Row("round_new", "GET", "round.compose"),
    Row("round_new", "POST", "round.compose", lambda world, unit: Target(data={"reference_date": "1.5.2023"})),
    Row("round_compose", "GET", "round.compose", draft()),
    Row("round_dates", "GET", "round.compose", draft()),
    Row("round_dates", "POST", "round.compose", draft({"letter": "22/1"})),
    Row("round_publish", "GET", "round.publish", draft()),
    Row("round_publish", "POST", "round.publish", draft({"edit_number": "0"})),
    Row("round_correct", "GET", "round.compose", draft()),
    Row("round_correct", "POST", "round.compose", draft({"action": "begin"})),
    Row("round_unlock", "GET", "round.unlock", draft()),
    Row("round_unlock", "POST", "round.unlock", draft({"until": "1.6.2023", "reason": "En kommune mangler."})),
    Row("round_try", "GET", "round.compose", draft()),
    Row("round_try", "POST", "round.compose", draft({"units": ""})),
    Row("round_wipe", "GET", "round.publish", trial),
    Row("round_wipe", "POST", "round.publish", trial),
    Row("round_region", "POST", "round.compose", draft({"action": "begin"})),
    Row("compose_move", "POST", "round.compose", draft({"move": "down:org.responsible", "edit_number": "0"})),
    Row("compose_section_new", "GET", "round.compose", draft()),
    Row("compose_section_new", "POST", "round.compose", draft({"title_nb": "Mer", "edit_number": "0"})),
    Row("compose_section", "GET", "round.compose", draft(section="plan")),
    Row("compose_section", "POST", "round.compose", draft({"title_nb": "Plan", "edit_number": "0"}, section="plan")),
    Row("compose_add", "GET", "round.compose", draft(section="plan")),
    Row("compose_add", "POST", "round.compose", draft({"text_nb": "Nytt?", "kind": "date"}, section="plan")),
    Row("compose_question", "GET", "round.compose", draft(code="plan.status")),
    Row("compose_question", "POST", "round.compose", draft({"action": "save"}, code="plan.status")),
    Row("compose_preview", "GET", "round.compose", draft()),
    Row("compose_preview_section", "GET", "round.compose", draft(section="plan")),
]
