"""The statsforvalter's pages as she uses them: the list, the review, and the decisions."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import Event, MunicipalityVersion, OfficeName, OutgoingMail, Role
from municipalities.names import sort_key
from reporting.models import FindingReview, Report, ReviewComment
from reporting.services import review, submissions
from reporting.services.reminders import reminders_send
from tests.reporting import factories
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, at

TODAY = dt.datetime(2022, 5, 4, 9, 0)
WARNED = {"progress_delay_months": 30, "progress_delay_reason": "pandemic"}


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.PORTAL_CLOCK = TODAY.isoformat()


@pytest.fixture
def home(db):
    row = factories.office("agder")
    OfficeName.objects.create(
        office=row, short_name="Agder", name_nb="Statsforvalteren i Agder", name_nn="Statsforvaltaren i Agder",
        valid_from=dt.date(2021, 1, 1),
    )  # fmt: skip
    return row


@pytest.fixture
def staff(home):
    return factories.reviewer(home, "amina")


@pytest.fixture
def client(staff):
    return login(staff)


def login(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def unit(name, home=None, number=""):
    row = factories.unit(name, of=home, number=number)
    MunicipalityVersion.objects.filter(municipality=row).update(sort_key=sort_key(name))
    return row


def warned(**how) -> Report:
    """A report that is sent in with one explained warning."""
    from reporting.services.drafts import comment_save

    report = ReportFactory.draft(values=answers(**WARNED), **how)
    actor = report.municipality.memberships.get().user
    now = at(report.round.municipality_deadline - dt.timedelta(days=2))
    comment_save(report=report, finding="long_delay", text="Pandemien satte oss tilbake.", actor=actor, now=now)
    submissions.submission_submit(report=report, actor=actor, now=now)
    return report


def page(client, name, *args, **data) -> str:
    response = client.get(reverse(name, args=args), data)
    assert response.status_code == 200
    return response.content.decode()


def names_in(html) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a class="ds-link"[^>]*>([^<]+)', html)


def post(client, name, report, **data):
    return client.post(reverse(name, args=[report.pk]), {"submission": "1", **data})


def said(response, client) -> str:
    """The page that the answer leads to."""
    assert response.status_code == 302
    return client.get(response["Location"]).content.decode()


# --- the list -------------------------------------------------------------------------------------


@pytest.fixture
def region(home):
    """One report in each state, in Norwegian order: Aremark, Flå, Ål, Ås, Åsnes."""
    round_ = None
    made = {}
    for name, make in [
        ("Ås", lambda **how: ReportFactory.submitted(**how)),
        ("Ål", warned),
        ("Aremark", lambda **how: ReportFactory.draft(**how)),
        ("Flå", lambda **how: ReportFactory.not_started(**how)),
        ("Åsnes", lambda **how: ReportFactory.approved(by=None, **how)),
    ]:
        place = unit(name, home)
        round_ = factories.open_round()
        made[name] = make(round_=round_, municipality=place)
    return made


def test_the_list_shows_what_needs_me_and_counts_the_rest(region, client):
    html = page(client, "work_list")
    assert names_in(html) == ["Aremark", "Flå", "Ål", "Ås"]
    counts = dict(re.findall(r"utvalg=(\w+)\">\s*[^<]+<b>(\d+)</b>", html))
    assert counts == {"alle": "5", "mangler": "2", "gjennomgang": "2", "returnert": "0", "godkjent": "1"}


def test_filters_search_and_order_come_from_the_address(region, client):
    assert names_in(page(client, "work_list", utvalg="alle", sorter="-kommune")) == [
        "Åsnes", "Ås", "Ål", "Flå", "Aremark",
    ]  # fmt: skip
    assert names_in(page(client, "work_list", utvalg="alle", sok="ås")) == ["Ås", "Åsnes"]
    assert names_in(page(client, "work_list", utvalg="alle", varsler="med")) == ["Ål"]
    html = page(client, "work_list", utvalg="alle", sok="<script>alert(1)</script>")
    assert names_in(html) == []
    assert "<script>alert" not in html


def test_a_row_that_cannot_be_chosen_says_why_without_being_seen(region, client):
    html = page(client, "work_list", utvalg="alle")
    boxes = re.findall(r'name="rapport" value="(\d+:\d+)" aria-label="([^"]+)"', html)
    assert [value for value, _label in boxes] == [f"{region['Ås'].pk}:1"]
    hidden = re.findall(r'<td class="pick" role="cell"><span class="ds-sr-only">([^<]+)<', html)
    assert len(hidden) == 4
    assert all(any(text.startswith(name) for text in hidden) for name in ("Aremark", "Flå", "Ål", "Åsnes"))


def test_hdir_sees_the_country_and_chooses_nothing(region, home):
    other = factories.office("innlandet")
    far = unit("Lom", other)
    round_ = factories.open_round()
    ReportFactory.submitted(round_=round_, municipality=far)
    client = login(factories.user(Role.HDIR))
    html = page(client, "work_list", utvalg="alle")
    assert len(names_in(html)) == 6
    assert 'name="rapport"' not in html
    assert names_in(page(client, "work_list", utvalg="alle", embete="innlandet")) == ["Lom"]
    assert "Lom" not in page(login(factories.reviewer(home)), "work_list", utvalg="alle")


def test_without_a_round_and_without_hits_the_page_says_so(client, home):
    assert 'class="empty"' in page(client, "work_list")
    unit("Ås", home)
    factories.open_round()
    assert 'class="empty"' in page(client, "work_list", sok="finnes ikke")


def test_the_list_of_an_earlier_round(region, client, home):
    factories.open_round(AUTUMN)
    report = Report.objects.across_all(reason="test").get(
        round__reference_date=AUTUMN, municipality__versions__name="Ås"
    )
    ReportFactory.submitted(round_=report.round, municipality=report.municipality)
    html = page(client, "work_list", utvalg="gjennomgang", runde="2021-11-01")
    assert names_in(html) == ["Ås"]
    now = page(client, "work_list")
    assert "line-last" in now  # the curve has last round's beside this one's
    assert "line-last" not in html


def queries_of(client, **data) -> int:
    page(client, "work_list", **data)  # the first one renews the session and fills the caches of the process
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page(client, "work_list", **data)
    return len(seen)


@pytest.mark.parametrize("role", ["office", "country"])
def test_at_most_six_queries_whatever_the_size(home, role):
    units = [unit(f"Kommune {n}", home) for n in range(3)]
    other = factories.office("innlandet")
    units += [unit(f"Fjern {n}", other) for n in range(3)]
    for reference_date in (AUTUMN, SPRING):
        round_ = factories.open_round(reference_date)
        for place in units:
            ReportFactory.submitted(round_=round_, municipality=place)
    user = factories.reviewer(home) if role == "office" else factories.user(Role.HDIR)
    client = login(user)
    few = queries_of(client, utvalg="alle")
    for n in range(70):
        unit(f"Ny {n}", home if n % 2 else other)
    factories.open_round(SPRING)
    many = queries_of(client, utvalg="alle")
    assert few == many <= 6


def test_the_first_page_ever_takes_six_queries_too(region, client):
    from django.core.cache import cache

    page(client, "work_list")
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        page(client, "work_list")
    assert len(seen) <= 6, [query["sql"][:120] for query in seen]


# --- several at once ------------------------------------------------------------------------------


def test_several_clean_reports_are_approved_at_once(region, client, home):
    second = ReportFactory.submitted(round_=region["Ås"].round, municipality=unit("Vang", home))
    chosen = [f"{region['Ås'].pk}:1", f"{second.pk}:1", f"{region['Ål'].pk}:1", "x", f"{10**30}:1", ":"]
    html = said(client.post(reverse("reports_approve"), {"rapport": chosen}), client)
    region["Ål"].refresh_from_db()
    assert Report.objects.across_all(reason="test").filter(status="approved").count() == 3
    assert region["Ål"].status == "submitted"
    assert re.search(r'data-color="warning"><p>Ål [^<]+', html)  # the refused one is named, with the reason


def test_a_report_sent_in_anew_is_not_approved_unseen(region, client):
    report = region["Ås"]
    again(report)
    client.post(reverse("reports_approve"), {"rapport": [f"{report.pk}:1"]})
    report.refresh_from_db()
    assert report.status == "submitted"
    client.post(reverse("reports_approve"), {"rapport": [f"{report.pk}:2"]})
    report.refresh_from_db()
    assert report.status == "approved"


def test_another_regions_report_is_not_touched(region, home):
    stranger = login(factories.reviewer(factories.office("innlandet")))
    stranger.post(reverse("reports_approve"), {"rapport": [f"{region['Ås'].pk}:1"]})
    region["Ås"].refresh_from_db()
    assert region["Ås"].status == "submitted"


def test_nothing_chosen_changes_nothing(region, client):
    said(client.post(reverse("reports_approve"), {}), client)
    assert Event.objects.get_queryset().filter(name="approve").count() == 1  # the one of the fixture


def again(report) -> None:
    """Returned, and sent in anew."""
    now = at(dt.date(2022, 5, 2))
    submissions.submission_return(report=report, actor=factories.reviewer(report.office), now=now, note="Se på datoen.")
    actor = report.municipality.memberships.get().user
    submissions.submission_submit(report=report, actor=actor, now=now + dt.timedelta(hours=2))


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
    mail = OutgoingMail.objects.get(user=editor, key__contains="returned")
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
    post(client, "report_return", report, text="Skriv datoen.")
    editor = report.municipality.memberships.get().user
    assert not ReviewComment.objects.visible_to(editor, today=today).exists()
    assert "dialogmøte" not in OutgoingMail.objects.get(user=editor, key__contains="returned").body
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


# --- those who have not delivered -----------------------------------------------------------------


def test_those_who_have_not_delivered_get_one_reminder_a_day(region, client):
    html = page(client, "work_list_missing")
    assert "Aremark" in html
    assert ">Ås<" not in html
    editor = region["Aremark"].municipality.memberships.get().user
    assert editor.email in html
    said(client.post(reverse("work_list_missing")), client)
    said(client.post(reverse("work_list_missing")), client)
    mails = OutgoingMail.objects.filter(key__contains="remind")
    assert [mail.user for mail in mails] == [editor]
    assert reverse("report_form", args=[region["Aremark"].pk]) in mails[0].body
    assert Event.objects.get_queryset().filter(name="remind").count() == 1


def test_a_reminder_passes_over_what_is_sent_in_and_names_who_has_nobody(region, now):
    done = reminders_send(reports=list(region.values()), actor=None, now=now)
    assert (done.reports, done.mails, [report.pk for report in done.without_contact]) == (1, 1, [region["Flå"].pk])


def test_a_reminder_is_in_the_readers_language(region, now):
    editor = region["Aremark"].municipality.memberships.get().user
    editor.language = "nn"
    editor.save()
    reminders_send(reports=[region["Aremark"]], actor=None, now=now)
    nynorsk, _body = review_mail("nn", region["Aremark"])
    assert OutgoingMail.objects.get(key__contains="remind").subject == nynorsk


def review_mail(language, report):
    from municipalities.mail import mail_text

    user = report.municipality.memberships.get().user
    user.language = language
    context = {
        "unit": "Aremark", "reference_date": SPRING, "deadline": SPRING, "days": -3, "days_over": 3, "url": "x",
    }  # fmt: skip
    return mail_text(name="reminder", user=user, context=context)


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
