"""How long the trail is kept, as data with reasons. Helsedirektoratet decides; a change of the years is a change here
and a migration that makes the database's own function anew (``guards.on``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Rule:
    """How many years after it happened, why so long, and why no longer."""

    years: int
    reason: Any
    source: str


KEPT: Mapping[str, Rule] = {
    "change": Rule(
        10,
        _("Who decided and changed what belongs to the record of the case, for as long as anybody may ask about it."),
        "Arkivlova (4 December 1992 no. 126) § 9 c: records are destroyed only by a rule; Helsedirektoratet decides.",
    ),
    "reading": Rule(
        2,
        _("Long enough for two yearly reviews of who has access to what, and no longer than they need it."),
        "GDPR article 5 (1) e and 32, personopplysningsloven § 1: not longer than the purpose asks for.",
    ),
}


def kept_from(chain: str, now: dt.datetime) -> dt.datetime:
    """The moment before which a row of the chain is past its time."""
    years = KEPT[chain].years
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - years, day=28)
