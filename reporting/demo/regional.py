"""The demo's regional reports: all delivered and accepted in the round before, some begun in the current one."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from municipalities.models import Office, User
from reporting.models import RegionalReport, Round
from reporting.services.regional import (
    EDITABLE,
    missing_of,
    regional_accept,
    regional_deliver,
    regional_open,
    regional_save,
    regional_spec,
)

OSLO = ZoneInfo("Europe/Oslo")
BEGUN = ("innlandet", "agder", "oslo-og-viken")
"""The offices that have begun in the current round."""

TEXTS = {
    "region.status_text": "Flere kommuner har vedtatt planen sin siden sist. De minste trenger fortsatt hjelp.",
    "region.support_given": "Vi har holdt dialogmøter sammen med KS og USHT, og et webinar om måltider og ernæring.",
    "region.support_needed": "Kommunene spør etter gode eksempler, og hjelp til å få reformen inn i økonomiplanen.",
    "region.risk_text": "Vi tar opp mønstrene i nettverkene, og i samtaler med kommunedirektørene.",
    "region.evaluation_text": "Arbeidet er godt forankret i helse og omsorg, og mindre i andre sektorer.",
}
REASON = "Kommunen har skiftet leder, og leverer i neste runde."


def regional_make(round_: Round, *, reviewers: Mapping[int, User], hdir: User, until: dt.datetime, whole: bool) -> int:
    """Let the offices report on their regions: all of them to the end where ``whole``, else a few a part of it.

    Run again it changes nothing. Returns how many regions did something.
    """
    made = 0
    for office in Office.objects.across_all(reason="demo").order_by("order"):
        if not whole and office.key not in BEGUN:
            continue
        at = min(dt.datetime.combine(round_.office_deadline, dt.time(11, 20), OSLO), until)
        regional = regional_open(round_=round_, office=office, now=at)
        if regional.status not in EDITABLE or regional.draft:
            continue
        _fill(regional, reviewers[office.pk], at, whole=whole)
        if whole:
            regional_deliver(regional=regional, actor=reviewers[office.pk], now=at)
            regional_accept(regional=regional, actor=hdir, now=at + dt.timedelta(days=4))
        made += 1
    return made


def _fill(regional: RegionalReport, staff: User, at: dt.datetime, *, whole: bool) -> None:
    rng = random.Random(f"region:{regional.office_id}:{regional.round_id}")  # noqa: S311 - invented data, no secret
    items = []
    for question in regional_spec(regional, now=at).questions():
        value = rng.choice(question.option_keys) if question.option_keys else TEXTS.get(question.code, "")
        if value and (whole or rng.random() < 0.6):
            items.append((question.code, value, None))
    reasons = {entry.report: REASON for entry in missing_of(regional)} if whole else {}
    regional_save(regional=regional, items=items, reasons=reasons, actor=staff, now=at)
