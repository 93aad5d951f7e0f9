"""After sending in: the receipt, the comments of a returned report, and who may see a draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from municipalities.filestore import write_file
from reporting.models import Document, Report, ReviewComment
from reporting.services.submissions import submission_return, submission_submit
from tests.world import World

from .steps import NOW, draft, signed_in


def sent_in(world: World, **values: Any) -> Report:
    report = draft(world, **values)
    submission_submit(report=report, actor=world.user("editor-3004"), now=NOW)
    return report


@pytest.mark.parametrize("status", ["queued", "done", "failed", "lost"])
def test_the_receipt_tells_how_far_its_pdf_has_come(world, status):
    report, client = sent_in(world), signed_in(world)
    Document.objects.across_all(reason="test").all().delete()
    file = {"done": write_file(b"%PDF", "pdf"), "lost": "aa/lost.pdf"}.get(status, "")
    row = Document.objects.get_queryset().create(
        kind="receipt", format="pdf", language="nb", input_key="x", submission=report.current,
        status="done" if file else status, requested_at=NOW, file=file, size=84_321,
    )  # fmt: skip
    html = client.get(reverse("report_receipt", args=[report.pk])).content.decode()
    assert ("hx-get" in html) == (status == "queued")
    assert (f'href="{reverse("document_download", args=[row.pk])}"' in html) == (status == "done")
    assert (reverse("document_retry", args=[row.pk]) in html) == (status in ("failed", "lost"))
    assert ("84" in html) or status != "done"


def test_the_receipt_says_what_happens_next_and_holds_the_answers(world):
    report, client = sent_in(world), signed_in(world)
    html = client.get(reverse("report_receipt", args=[report.pk])).content.decode()
    assert "2022-05-3004-1" in html
    assert "editor-3004@example.org" in html
    assert report.current.answers_hash[:4] in html
    assert "PS 82/21" in html


def test_a_report_that_is_not_sent_in_has_no_receipt(world):
    report, client = draft(world), signed_in(world)
    assert client.get(reverse("report_receipt", args=[report.pk])).status_code == 404


def test_a_returned_report_shows_the_comments_on_top_and_at_the_questions(world):
    report = sent_in(world)
    reviewer = world.user("statsforvalter-oslo-og-viken")
    kept = {"report": report, "submission": report.current, "author": reviewer, "written_at": NOW}
    rows = ReviewComment.objects.get_queryset()
    rows.create(**kept, question="plan.case", text="Saksnummeret finnes ikke.", author_name="Amina")
    rows.create(**kept, question="", text="INTERNT", internal=True, author_name="Amina")
    submission_return(report=report, actor=reviewer, now=NOW, note="Se på saksnummeret.")
    client = signed_in(world)
    for address in (
        reverse("report_detail", args=[report.pk]),
        reverse("report_section", args=[report.pk, "plan"]),
        reverse("report_summary", args=[report.pk]),
    ):
        html = client.get(address).content.decode()
        assert "Se på saksnummeret." in html, address
        assert html.count("Saksnummeret finnes ikke.") == 2, address
        assert "INTERNT" not in html, address
    home = client.get(reverse("municipality_home")).content.decode()
    assert "Se på saksnummeret." in home


def test_comments_that_are_not_shown_yet_stay_with_the_statsforvalter(world):
    report = sent_in(world)
    ReviewComment.objects.get_queryset().create(
        report=report, submission=report.current, question="plan.case", text="HEMMELIG",
        author=world.user("statsforvalter-oslo-og-viken"), author_name="Amina", written_at=NOW,
    )  # fmt: skip
    for user in ("editor-3004", "hdir"):
        assert "HEMMELIG" not in signed_in(world, user).get(reverse("report_detail", args=[report.pk])).content.decode()


def test_a_draft_is_for_its_own_municipality_only(world):
    report = draft(world, comment="Bare et utkast")
    address = reverse("report_detail", args=[report.pk])
    assert "Bare et utkast" in signed_in(world, "reader-3004").get(address).content.decode()
    for user in ("statsforvalter-oslo-og-viken", "hdir"):
        page = signed_in(world, user).get(address)
        assert page.status_code == 200
        assert "Bare et utkast" not in page.content.decode()
