"""The forms that reports were filled in with before the round's form was mended: their answers keep their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from reporting.form_spec import FormSpec
from reporting.models import FormVersion, Report, Round, Submission

from .facts import FormUse

REASON = "national summary"


def older_forms(round_: Round, form_version: int, frozen: Collection[int] | None = None) -> tuple[FormUse, ...]:
    """The other forms than ``form_version`` in which counted answers of the round were given, oldest first, each with
    its units. Counted are the Submissions in ``frozen``; None: those that count now. Two queries."""
    sent = Submission.objects.across_all(reason=REASON).filter(report__round=round_).exclude(form_version=form_version)
    if frozen is None:
        delivered = Report.objects.across_all(reason=REASON).filter(round=round_, status__in=Report.DELIVERED)
        sent = sent.filter(pk__in=delivered.values("current_id"))
    units: dict[int, list[int]] = defaultdict(list)
    for pk, version, unit in sent.order_by("pk").values_list("pk", "form_version_id", "report__municipality_id"):
        if frozen is None or pk in frozen:
            units[version].append(unit)
    forms = FormVersion.objects.filter(pk__in=units).order_by("pk").values_list("pk", "definition")
    return tuple(FormUse(FormSpec.parse(text), tuple(sorted(units[pk]))) for pk, text in forms)
