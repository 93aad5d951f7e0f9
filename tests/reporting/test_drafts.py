import pytest

from reporting.models import Report
from reporting.services.drafts import draft_open, draft_save
from tests.reporting.factories import ReportFactory, at, editor

pytestmark = pytest.mark.django_db


def test_two_people_on_different_fields_both_survive():
    report = ReportFactory.not_started()
    one, two = editor(report.municipality, "one"), editor(report.municipality, "two")
    now = at(report.round.opens_on)
    first, second = (
        draft_open(report=Report.objects.across_all(reason="t").get(pk=report.pk), actor=u, now=now) for u in (one, two)
    )
    draft_save(report=first.report, key="comment", raw="A", base_rev=0, actor=one, now=now)
    saved = draft_save(report=second.report, key="plan.case", raw="B", base_rev=0, actor=two, now=now)
    fields = Report.objects.across_all(reason="t").get(pk=report.pk).draft["fields"]
    assert fields["comment"]["value"] == "A"
    assert fields["plan.case"]["value"] == "B"
    assert saved.rev == 1
