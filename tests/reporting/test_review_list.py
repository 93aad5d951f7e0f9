"""The work list as the statsforvalter uses it: choosing, approving several at once, reminding."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import Event, OutgoingMail, Role
from reporting.models import Report
from reporting.services.notice_day import reminders_send
from tests.reporting import factories
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory
from tests.reporting.review_world import *  # noqa: F403 - fixtures too
from tests.reporting.review_world import again, login, names_in, page, said, unit

# --- the list -------------------------------------------------------------------------------------


def test_the_list_shows_what_needs_me_and_counts_the_rest(region, client):
    html = page(client, "work_list")
    assert names_in(html) == ["Aremark", "Flå", "Ål", "Ås"]
    counts = dict(re.findall(r"utvalg=(\w+)\">\s*[^<]+<b>(\d+)</b>", html))
    assert counts == {"alle": "5", "mangler": "2", "gjennomgang": "2", "returnert": "0", "godkjent": "1", "svar": "0"}


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
    now = page(client, "work_list", sok="Ås")
    assert "line-last" in now  # the curve has last round's beside this one's
    assert now.count("No report last round") + now.count("Ingen rapport i forrige runde") == 0
    first = page(client, "work_list", sok="Ål")
    assert first.count("No report last round") + first.count("Ingen rapport i forrige runde") == 1
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


# --- those who have not delivered -----------------------------------------------------------------


def test_those_who_have_not_delivered_get_one_reminder_a_day(region, client):
    html = page(client, "work_list_missing")
    assert "Aremark" in html
    assert ">Ås<" not in html
    editor = region["Aremark"].municipality.memberships.get().user
    assert editor.email in html
    said(client.post(reverse("work_list_missing")), client)
    said(client.post(reverse("work_list_missing")), client)
    mails = OutgoingMail.objects.filter(notices__kind="overdue")
    assert [mail.user for mail in mails] == [editor]
    assert reverse("report_form", args=[region["Aremark"].pk]) in mails[0].body
    assert Event.objects.get_queryset().filter(name="remind").count() == 1


def test_a_reminder_passes_over_what_is_sent_in_and_names_who_has_nobody(region, staff, now):
    done = reminders_send(reports=list(region.values()), actor=staff, now=now)
    assert (done.reports, done.notices, [row.pk for row in done.without_contact]) == (1, 1, [region["Flå"].pk])


@pytest.mark.parametrize(("language", "word"), [("nb", "ikke sendt inn"), ("nn", "ikkje send inn")])
def test_a_reminder_is_in_the_readers_language(region, staff, now, language, word):
    editor = region["Aremark"].municipality.memberships.get().user
    editor.language = language
    editor.save()
    reminders_send(reports=[region["Aremark"]], actor=staff, now=now)
    assert word in OutgoingMail.objects.get(notices__kind="overdue").subject
