"""Faults that other forms had: drafts that were not kept, and drafts that could never be sent in."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from reporting.models import Report, Submission
from reporting.services.draft_view import spec_of
from reporting.services.submissions import nothing_new

from .steps import NOW, draft, fresh, hidden, last_round, save, section_data, signed_in, stored, whole

pytestmark = pytest.mark.django_db


def submit(client, report, **more):
    report.refresh_from_db()
    return client.post(reverse("report_submit", args=[report.pk]), {"draft_version": report.draft_version, **more})


def sent_in(report) -> bool:
    return Submission.objects.across_all(reason="test").filter(report=report).exists()


def test_a_draft_is_saved_however_much_that_is_required_is_missing(world):
    """A required field kept the draft of others from being saved."""
    report, client = fresh(world), signed_in(world)
    assert save(client, report, "plan.case", "PS 9/22", None).json()["error"] == ""
    for section in spec_of(report).sections:
        saved = client.post(reverse("report_section", args=[report.pk, section.key]), {"next": section.key})
        assert saved.status_code == 302, section.key
    report.refresh_from_db()
    sent = section_data(report, "plan", **{"plan.case": "PS 10/22", "next": "plan"})
    assert client.post(reverse("report_section", args=[report.pk, "plan"]), sent).status_code == 302
    report.refresh_from_db()
    assert (report.status, stored(report, "plan.case")["value"]) == (Report.Status.DRAFT, "PS 10/22")
    assert submit(client, report).status_code == 422
    assert stored(report, "plan.case")["value"] == "PS 10/22"


BAD = {"plan.decided_on": "31.02.2021", "plan.case": "x" * 20_000}


@pytest.mark.parametrize("key", BAD)
def test_one_answer_that_cannot_be_one_takes_no_other_with_it(world, key):
    """One invalid field made the saving drop the others: those that came after it, and those of its page."""
    report, client = draft(world), signed_in(world)
    wanted = {"plan.case": "PS 77/22", "plan.decided_on": "2021-06-18"}
    (other,) = set(wanted) - {key}
    assert save(client, report, key, BAD[key], None).json()["error"]
    assert save(client, report, other, wanted[other], None).json()["error"] == ""
    assert stored(report, other)["value"] == wanted[other]
    sent = section_data(report, "plan", **{key: BAD[key], other: "", "next": "plan"})
    assert client.post(reverse("report_section", args=[report.pk, "plan"]), sent).status_code == 302
    assert stored(report, other).get("value") is None
    sent = section_data(report, "plan", **{key: BAD[key], other: wanted[other], "next": "plan"})
    assert client.post(reverse("report_section", args=[report.pk, "plan"]), sent).status_code == 302
    assert stored(report, other)["value"] == wanted[other]
    kept = stored(report, key)
    assert kept["error"] and kept.get("value") is None
    assert kept["raw"][:20] == BAD[key][:20]


def test_what_cannot_be_an_answer_and_is_hidden_stops_nothing(world):
    """A draft that could never be sent in: its error stood in a field that the page did not show."""
    report, client = draft(world), signed_in(world)
    save(client, report, "plan.decided_on", "i fjor", None)
    assert submit(client, report).status_code == 422
    save(client, report, "plan.status", "process", None)
    for key, value in (
        ("plan.expected_on", "1.12.2022"),
        ("plan.process", "Vedtas til høsten."),
        ("progress.phase", "2"),
    ):
        save(client, report, key, value, None)
    page = client.get(reverse("report_section", args=[report.pk, "plan"])).content.decode()
    assert hidden(page, "q-plan-decided_on")
    answered = submit(client, report)
    assert answered.status_code == 302, unescape(answered.content.decode())
    assert sent_in(report)


def test_every_fault_leads_to_a_field_that_can_be_seen(world):
    """… and none is named without a place to mend it: an empty form, mended by its own list alone, is sent in."""
    report, client, right = fresh(world), signed_in(world), whole()
    shown = set()
    for _round in range(6):
        answer = submit(client, report)
        if answer.status_code == 302:
            assert answer["Location"] == reverse("report_receipt", args=[report.pk])
            break
        summary = answer.content.decode().partition("ds-error-summary")[2].partition("</ul>")[0]
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', summary)]
        assert links
        for link in links:
            address, _sign, dom = link.partition("#sp-")
            page = client.get(address).content.decode()
            assert f'id="sp-{dom}"' in page, link
            assert not hidden(page, dom), link
            key = unescape(re.search(rf'id="sp-{re.escape(dom)}"[^>]*data-key="([^"]+)"', page)[1])
            shown.add(key)
        for code in sorted({key.partition(":")[0] for key in shown}):
            values = right[code] if isinstance(right[code], dict) else {"": right[code]}
            for row, value in values.items():
                save(client, report, f"{code}:{row}" if row else code, value, None)
    assert sent_in(report)


def test_nothing_and_no_are_answers_and_not_missing(world):
    """Nothing to report looked like missing: a zero counts as answered, is read as a zero, and stops nothing."""
    report, client = draft(world, progress_delay_months=None), signed_in(world)
    assert submit(client, report).status_code == 422
    assert save(client, report, "progress.delay_months", "0", None).json()["value"] == 0
    page = client.get(reverse("report_summary", args=[report.pk])).content.decode()
    line = page[page.index("Forsinkelse i måneder") :].partition("</div>")[0]
    assert "<dd>0" in line and "answers__none" not in line
    assert submit(client, report).status_code == 302
    assert sent_in(report)


def test_a_report_with_nothing_new_stands_as_sent_in_wherever_reports_are_listed(world):
    last_round(world)
    report = fresh(world)
    nothing_new(report=report, actor=world.user("editor-3004"), now=NOW)
    report.refresh_from_db()
    assert report.status == Report.Status.SUBMITTED and report.current.nothing_new
    home = signed_in(world).get(reverse("municipality_home")).content.decode()
    assert reverse("report_receipt", args=[report.pk]) in home
    assert reverse("report_nothing_new", args=[report.pk]) not in home
    listed = signed_in(world, "statsforvalter-oslo-og-viken").get(reverse("work_list")).content.decode()
    row = listed[listed.index(reverse("report_review", args=[report.pk])) :].partition("</tr>")[0]
    assert "Sendt inn" in row
