"""Looking over and sending in: errors, warnings, and what was changed meanwhile."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reporting.models import Answer, Report, Submission

from .steps import draft, fresh, last_round, save, signed_in


def test_errors_stop_and_lead_to_their_fields(world):
    report, client = draft(world, plan_decided_on=None), signed_in(world)
    answer = client.post(reverse("report_submit", args=[report.pk]), {"draft_version": report.draft_version})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "data-focus-first" in html
    link = f"{reverse('report_section', args=[report.pk, 'plan'])}?kontroll=1#sp-q-plan-decided_on"
    assert link.replace("&", "&amp;") in html
    page = client.get(link).content.decode()
    assert 'href="#sp-q-plan-decided_on"' in page
    assert not Submission.objects.across_all(reason="test").filter(report=report).exists()


def test_a_warning_wants_an_explanation_and_then_lets_it_through(world):
    report, client = draft(world, progress_delay_months=30, progress_delay_reason="pandemic"), signed_in(world)
    address = reverse("report_submit", args=[report.pk])
    answer = client.post(address, {"draft_version": report.draft_version, "comment:long_delay": ""})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    report.refresh_from_db()
    sent = {"draft_version": report.draft_version, "comment:long_delay": "Koronaarbeid i to år."}
    answer = client.post(address, sent)
    assert answer["Location"] == reverse("report_receipt", args=[report.pk])
    html = client.get(answer["Location"]).content.decode()
    assert "Koronaarbeid i to år." in html


def test_sending_in_twice_gives_one_clear_page_and_one_submission(world):
    report, client = draft(world), signed_in(world)
    address, data = reverse("report_submit", args=[report.pk]), {"draft_version": report.draft_version}
    assert client.post(address, data).status_code == 302
    again = client.post(address, data)
    assert again.status_code == 409
    assert reverse("report_detail", args=[report.pk]) in again.content.decode()
    assert Submission.objects.across_all(reason="test").filter(report=report).count() == 1


def test_what_was_changed_in_another_tab_is_looked_over_first(world):
    report, client = draft(world), signed_in(world)
    seen = report.draft_version
    save(client, report, "plan.case", "PS 9/22", None)
    answer = client.post(reverse("report_submit", args=[report.pk]), {"draft_version": seen})
    assert answer.status_code == 409
    assert reverse("report_summary", args=[report.pk]) in answer.content.decode()
    assert not Submission.objects.across_all(reason="test").filter(report=report).exists()


@pytest.mark.parametrize("version", [None, "", "x", "-1", "9" * 5000, "²"])
def test_a_page_that_does_not_say_what_it_showed_sends_nothing_in(world, version):
    report, client = draft(world), signed_in(world)
    data = {} if version is None else {"draft_version": version}
    assert client.post(reverse("report_submit", args=[report.pk]), data).status_code == 409
    assert not Submission.objects.across_all(reason="test").filter(report=report).exists()


def test_nothing_new_is_looked_over_and_sent_in_by_one_button(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    address = reverse("report_nothing_new", args=[report.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert "PS 82/21" in page.content.decode()
    report.refresh_from_db()
    assert report.status == Report.Status.NOT_STARTED
    assert client.post(address)["Location"] == reverse("report_receipt", args=[report.pk])
    submission = Submission.objects.across_all(reason="test").get(report=report)
    assert submission.nothing_new
    assert Answer.objects.across_all(reason="test").filter(submission=submission).count() > 30


def test_nothing_new_without_an_earlier_report_says_so(world):
    report, client = fresh(world), signed_in(world)
    for answer in (client.get(reverse("report_nothing_new", args=[report.pk])),
                   client.post(reverse("report_nothing_new", args=[report.pk]))):  # fmt: skip
        assert answer.status_code == 409
        assert reverse("report_form", args=[report.pk]) in answer.content.decode()
