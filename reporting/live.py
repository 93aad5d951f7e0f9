"""The figures as they stand now, before any summary: the same facts, rules and ways home, on rows of this moment.

A page of live figures is computed at most once for each change in the reports: what was computed is kept under the
last Event of the round's reports and the size of the registers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max
from django.utils.translation import gettext

from municipalities.models import Event
from networks.models import Participation, SupportActivity
from reporting.documents.collect import collect
from reporting.documents.collect_registers import register_ids
from reporting.documents.compute import compute
from reporting.documents.content import Content, from_json, to_json
from reporting.models import NationalSummary, Round

KEEP_SECONDS = 120
REASON = "national figures of this moment"


@dataclass(frozen=True)
class Live:
    """Content and frozen sets of this moment. ``summary`` is not stored; it leads home like a stored one."""

    content: Content
    summary: NationalSummary


def live(round_: Round, *, language: str, now: dt.datetime) -> Live:
    """The figures of ``round_`` now, in ``language``; at most ``KEEP_SECONDS`` old where a register was put right."""
    key = f"live:{round_.pk}:{language}:{last_change()}"
    kept = cache.get(key)
    if kept is None:
        facts = collect(round_, frozen_at=now, sheets=False)
        content = compute(facts, language, gettext)
        kept = (to_json(content), list(facts.submission_ids), register_ids(facts), now)
        cache.set(key, kept, KEEP_SECONDS)
    canonical, submissions, registers, taken = kept
    summary = NationalSummary(
        round=round_, version=0, as_of=round_.reference_date, frozen_at=taken, submission_ids=submissions,
        register_ids=registers,
    )  # fmt: skip
    return Live(from_json(canonical), summary)


def last_change() -> str:
    """A word that is another one after any change in the reports, the networks and the support. Three queries."""
    events = Event.objects.across_all(reason=REASON).aggregate(last=Max("pk"))["last"]
    support = SupportActivity.objects.across_all(reason=REASON).aggregate(last=Max("pk"), count=Count("pk"))
    networks = Participation.objects.across_all(reason=REASON).aggregate(last=Max("pk"), count=Count("pk"))
    return f"{events}:{support['last']}:{support['count']}:{networks['last']}:{networks['count']}"
