"""The demo's invented time in the form: what the form's page would have measured while the answers were written."""

from __future__ import annotations

import random

from reporting.form_spec import QuestionSpec
from reporting.models import FormTime, Report, Round
from reporting.services.burden import ELSEWHERE
from reporting.services.drafts import spec_of

SECONDS = {"matrix": 200, "long_text": 90, "several_of": 35, "register": 30, "short_text": 25, "date": 20}
"""About how long a question of its kind takes; the others take ``USUAL``."""

USUAL = 18
LEARNT = 0.75
"""The second time it takes so much of the first: most is filled in, and people know the form."""


def burden_make(round_: Round, *, step: int) -> int:
    """Lay down the time of every report that was begun and has none. Returns how many reports got one.

    Written directly, since only a browser measures it. Run again it adds nothing.
    """
    reports = Report.objects.across_all(reason="demo").filter(round=round_, times=None)
    rows = list(reports.exclude(status=Report.Status.NOT_STARTED).select_related("round__form_version"))
    made = []
    for report in rows:
        rng = random.Random(f"time:{report.municipality_id}:{step}")  # noqa: S311 - invented data, no secret
        pace = rng.uniform(0.5, 1.6) * LEARNT**step
        for question in spec_of(report).questions():
            if rng.random() < 0.9:
                made.append(FormTime(report=report, question=question.code, seconds=_seconds(question, pace, rng)))
        made.append(FormTime(report=report, question=ELSEWHERE, seconds=round(150 * pace)))
    FormTime.objects.get_queryset().bulk_create(made, batch_size=2000)
    return len(rows)


def _seconds(question: QuestionSpec, pace: float, rng: random.Random) -> int:
    return max(1, round(SECONDS.get(question.kind, USUAL) * pace * rng.uniform(0.6, 1.5)))
