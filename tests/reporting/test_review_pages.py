"""The review of one report: beside the one before it, judged, commented, and decided."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import Event, OutgoingMail, Role
from reporting.models import FindingReview, ReviewComment
from reporting.services import review, submissions
from tests.reporting import factories
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, at
from tests.reporting.review_world import *  # noqa: F403 - fixtures too
from tests.reporting.review_world import again, login, page, post, unit

# --- the review -----------------------------------------------------------------------------------


@pytest.fixture
def pair(home):
    """A report whose plan has changed since last round."""
    place = unit("Nordre Follo", home)
    before = factories.open_round(AUTUMN)
    ReportFactory.submitted(
        round_=before,
        municipality=place,
        values=answers(comment="Arbeidet starter når planen er vedtatt.", org_sectors=["health"]),
    )
    spring = factories.open_round(SPRING)
    return ReportFactory.submitted(
        round_=spring,
        municipality=place,
        values=answers(comment="Arbeidet starter når planen er ferdig.", org_sectors=["health", "planning"]),
    )


def test_the_answers_stand_beside_last_rounds_with_the_words_that_differ(pair, client):
    html = page(client, "report_review", pair.pk)
    assert "<del>vedtatt</del>" in html
    assert "<ins>ferdig</ins>" in html
    changed = re.findall(r'id="sp-([\w.]+)" role="group"', html)
    assert changed == ["org.sectors", "comment"]
    everything = re.findall(r'id="sp-([\w.]+)" role="group"', page(client, "report_review", pair.pk, vis="alle"))
    assert len(everything) > 10
    assert set(changed) <= set(everything)


def test_a_first_report_has_nothing_beside_it(region, client):
    html = page(client, "report_review", region["Ås"].pk)
    assert "diff__side--old" not in html
    assert "<del>" not in html


def test_a_draft_is_not_shown_to_the_statsforvalter(region, client):
    html = page(client, "report_review", region["Aremark"].pk)
    assert "PS 82/21" not in html
    assert 'class="empty"' in html


def test_a_warning_is_judged_before_the_report_is_approved(region, client):
    report = region["Ål"]
    html = page(client, "report_review", report.pk)
    assert "Pandemien satte oss tilbake." in html
    assert re.search(r'disabled aria-describedby="hvorfor"', html)
    refused = post(client, "report_approve", report)
    report.refresh_from_db()
    assert (refused.status_code, report.status) == (409, "submitted")
    post(client, "report_judge", report, finding="long_delay", accepted="no")
    html = page(client, "report_review", report.pk)
    assert re.search(r'disabled aria-describedby="hvorfor"', html)
    assert post(client, "report_approve", report).status_code == 409
    post(client, "report_judge", report, finding="long_delay", accepted="yes")
    assert FindingReview.objects.get().accepted is True
    assert 'aria-describedby="hvorfor"' not in page(client, "report_review", report.pk)
    assert post(client, "report_approve", report).status_code == 302
    report.refresh_from_db()
    assert report.status == "approved"


def test_a_warning_that_is_not_there_cannot_be_judged(region, client):
    assert post(client, "report_judge", region["Ål"], finding="made_up", accepted="yes").status_code == 409
    assert not FindingReview.objects.exists()


def test_a_judgement_of_an_old_submission_does_not_count(region, client):
    report = region["Ål"]
    again(report)
    assert post(client, "report_judge", report, finding="long_delay", accepted="yes").status_code == 409
    assert not FindingReview.objects.exists()


def test_comments_are_shown_to_the_municipality_when_the_report_is_returned(region, client, now, today):
    report = region["Ås"]
    post(client, "report_comment", report, question="plan.status", text="  Hvilket utvalg behandlet planen?\r\n ")
    comment = ReviewComment.objects.get_queryset().get()
    assert (comment.question, comment.text, comment.shown_at) == (
        "plan.status",
        "Hvilket utvalg behandlet planen?",
        None,
    )
    editor = report.municipality.memberships.get().user
    assert not ReviewComment.objects.visible_to(editor, today=today).exists()
    html = page(client, "report_review", report.pk)
    assert "Hvilket utvalg behandlet planen?" in html
    response = post(client, "report_return", report, text="")
    assert response.status_code == 302
    report.refresh_from_db()
    comment.refresh_from_db()
    assert report.status == "returned"
    assert comment.shown_at is not None
    assert ReviewComment.objects.visible_to(editor, today=today).get() == comment
    mail = OutgoingMail.objects.get(user=editor, notices__kind="returned")
    assert "Hvilket utvalg behandlet planen?" in mail.body


def test_a_comment_is_taken_back_only_before_it_is_shown(region, client):
    report = region["Ås"]
    post(client, "report_comment", report, question="plan.status", text="Feil sted")
    pk = ReviewComment.objects.get_queryset().get().pk
    post(client, "report_comment", report, question="plan.status", remove=str(pk))
    assert not ReviewComment.objects.get_queryset().exists()
    post(client, "report_comment", report, question="plan.status", text="Rett sted")
    pk = ReviewComment.objects.get_queryset().get().pk
    post(client, "report_return", report, text="Se kommentaren.")
    assert post(client, "report_comment", report, remove=str(pk)).status_code in (302, 409)
    assert ReviewComment.objects.get_queryset().filter(pk=pk).exists()


def test_an_internal_note_is_seen_by_the_office_and_by_nobody_else(region, client, home, today):
    report = region["Ås"]
    post(client, "report_note", report, text="Inviter dem til dialogmøte.")
    assert "Inviter dem til dialogmøte." in page(client, "report_review", report.pk)
    assert "Inviter dem til dialogmøte." in page(login(factories.reviewer(home)), "report_review", report.pk)
    hdir = login(factories.user(Role.HDIR))
    assert "Inviter dem til dialogmøte." not in page(hdir, "report_review", report.pk)
    for role in (Role.KS, Role.USHT):  # they read the status of the region's municipalities, and no internal note
        partner = factories.user(role, of=home)
        assert "dialogmøte" not in page(login(partner), "report_detail", report.pk)
        assert login(partner).get(reverse("report_review", args=[report.pk])).status_code == 403
        assert not ReviewComment.objects.visible_to(partner, today=today).filter(text__contains="dialogmøte").exists()
    post(client, "report_return", report, text="Skriv datoen.")
    editor = report.municipality.memberships.get().user
    assert not ReviewComment.objects.visible_to(editor, today=today).exists()
    assert "dialogmøte" not in OutgoingMail.objects.get(user=editor, notices__kind="returned").body
    assert "dialogmøte" not in page(login(editor), "report_detail", report.pk)


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("report_comment", {"question": "plan.status", "text": "x" * 4001}, "kommentar-plan.status"),
        ("report_comment", {"question": "plan.status", "text": "  "}, "kommentar-plan.status"),
        ("report_note", {"text": "skjult \u202e retning"}, "notat"),
        ("report_return", {"text": " "}, "melding"),
        ("report_return", {"text": "x" * 4001}, "melding"),
    ],
)
def test_a_text_that_cannot_be_kept_comes_back_with_the_reason_at_its_field(region, client, name, data, where):
    response = post(client, name, region["Ås"], **data)
    html = response.content.decode()
    assert response.status_code == 422
    field = re.search(rf'<textarea[^>]*id="{where}"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in field
    error = re.search(r'aria-describedby="(\w+)', field)[1]
    assert f'id="{error}"' in html
    if len(data["text"]) > 4000:
        assert data["text"] in html
    region["Ås"].refresh_from_db()
    assert region["Ås"].status == "submitted"
    assert not ReviewComment.objects.get_queryset().exists()


def test_text_is_text_and_never_markup(region, client):
    post(client, "report_comment", region["Ås"], question="comment", text="<img src=x onerror=alert(1)> =1+1")
    html = page(client, "report_review", region["Ås"].pk)
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_a_question_that_the_form_does_not_have_is_no_place_for_a_comment(region, client):
    assert post(client, "report_comment", region["Ås"], question="made.up", text="Hei").status_code == 404


@pytest.mark.parametrize("name", ["report_approve", "report_return", "report_comment", "report_judge"])
def test_somebody_else_was_first(region, client, home, name):
    report = region["Ås"]
    colleague = factories.reviewer(home, "bjorn")
    submissions.submission_approve(report=report, actor=colleague, now=at(dt.date(2022, 5, 3)))
    before = Event.objects.get_queryset().count()
    response = post(client, name, report, text="Skriv datoen.", question="comment", finding="x")
    assert response.status_code == 409
    assert "Bjorn" in response.content.decode()
    assert reverse("report_review", args=[report.pk]) in response.content.decode()
    assert Event.objects.get_queryset().count() == before


def test_after_a_decision_comes_the_next_in_the_list(region, client, home):
    second = ReportFactory.submitted(round_=region["Ås"].round, municipality=unit("Øyer", home))
    where = reverse("report_review", args=[second.pk]) + "?utvalg=gjennomgang&sorter=kommune"
    html = client.get(where).content.decode()
    assert re.search(
        rf"{reverse('report_review', args=[region['Ål'].pk])}\?utvalg=gjennomgang&amp;sorter=kommune", html
    )
    response = client.post(
        reverse("report_approve", args=[second.pk]) + "?utvalg=gjennomgang&sorter=kommune", {"submission": "1"}
    )
    assert response["Location"].startswith(reverse("report_review", args=[region["Ål"].pk]))
    last = client.post(reverse("report_approve", args=[region["Ås"].pk]) + "?utvalg=gjennomgang&sorter=kommune",
                       {"submission": "1"})  # fmt: skip
    assert last["Location"].startswith(reverse("work_list"))


def test_a_closed_round_can_be_approved_but_not_returned(region, client, settings):
    settings.PORTAL_CLOCK = "2022-08-01T09:00:00"
    html = page(client, "report_review", region["Ås"].pk)
    assert 'aria-describedby="stengt"' in html
    assert post(client, "report_return", region["Ås"], text="Skriv datoen.").status_code == 409
    assert post(client, "report_approve", region["Ås"]).status_code == 302


def test_hdir_reads_and_decides_nothing(region):
    client = login(factories.user(Role.HDIR))
    html = page(client, "report_review", region["Ål"].pk)
    assert "<textarea" not in html
    assert reverse("report_approve", args=[region["Ål"].pk]) not in html
    assert "Pandemien satte oss tilbake." in html


def test_the_review_takes_as_many_queries_for_a_long_report_as_for_a_short_one(pair, client):
    def count():
        page(client, "report_review", pair.pk, vis="alle")
        with CaptureQueriesContext(connection) as seen:
            page(client, "report_review", pair.pk, vis="alle")
        return len(seen)

    few = count()
    for n in range(12):
        post(client, "report_comment", pair, question="plan.status", text=f"Kommentar {n}")
        post(client, "report_note", pair, text=f"Notat {n}")
    assert count() == few <= 20


# --- the services by themselves -------------------------------------------------------------------


def test_the_services_ask_for_the_right_themselves(region, now):
    from django.core.exceptions import PermissionDenied

    editor = region["Ås"].municipality.memberships.get().user
    with pytest.raises(PermissionDenied):
        review.comment_add(report=region["Ås"], question="", text="Hei", actor=editor, now=now)
    with pytest.raises(PermissionDenied):
        review.note_add(report=region["Ås"], text="Hei", actor=editor, now=now)
    with pytest.raises(PermissionDenied):
        review.finding_judge(
            report=region["Ål"], submission_number=1, finding="long_delay", accepted=True, actor=editor, now=now
        )
    assert not ReviewComment.objects.get_queryset().exists()
