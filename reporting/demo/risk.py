"""The demo's invented judgements of risk patterns: some recognised, some not, most still waiting."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping

from municipalities.models import Municipality, User
from reporting.models import RiskAssessment
from reporting.services.risk import risk_assess, risk_units

_VERDICT = RiskAssessment.Verdict
TEXTS = {
    _VERDICT.CONFIRMED: ("Vi kjenner igjen bildet fra dialogmøtet i vinter.", "Tas opp med kommunedirektøren i juni."),
    _VERDICT.PARTLY: ("Arbeidet er bredere enn svaret viser, men det er ikke forankret.", "Følges opp i nettverket."),
    _VERDICT.DISMISSED: ("Kommunen har løst dette på en annen måte, og viser til samfunnsdelen.", ""),
}
SHARE = 0.4
"""The share of the signs that are judged."""


def risk_make(reviewers: Mapping[int, User], *, now: dt.datetime) -> int:
    """Judge some of the signs that nobody has judged, as each office's staff. Returns how many judgements were made.

    Run again it judges nothing anew.
    """
    made = 0
    for user in {user.pk: user for user in reviewers.values()}.values():
        units = Municipality.objects.across_all(reason="demo").in_bulk()
        for found in risk_units(user=user, today=now.date()):
            for row in found.rows:
                rng = random.Random(f"risk:{found.number}:{row.key}")  # noqa: S311 - invented data, no secret
                if rng.random() > SHARE or not row.waits or row.assessment is not None:
                    continue
                verdict = rng.choices(list(TEXTS), (5, 3, 2))[0]
                reason, follow_up = TEXTS[verdict]
                risk_assess(
                    unit=units[found.unit], pattern=row.key, verdict=verdict, reason=reason, follow_up=follow_up,
                    submission=found.submission, actor=user, now=now,
                )  # fmt: skip
                made += 1
    return made
