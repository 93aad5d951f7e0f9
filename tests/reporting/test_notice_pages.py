"""Hdir's pages of the notices: the ledger, the days ahead, and the texts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from municipalities.models import MunicipalityVersion, OutgoingMail, Role, User
from municipalities.names import sort_key
from reporting.models import Notice, NoticeText
from reporting.notice_words import own_words
from reporting.services.notice_day import notices_due
from reporting.services.notices import notice_write
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, at, editor, open_round, unit, user

pytestmark = pytest.mark.django_db
PLACE = {"audience": "municipality", "kind": "opened"}


@pytest.fixture(autouse=True)
def in_april(settings):
    settings.PORTAL_CLOCK = "2022-04-16T09:00"


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(user(Role.HDIR, name="hanne"))
    return client


@pytest.fixture
def told():
    """Three units told that the round is open; two have a second thing waiting, one mail failed, one notice fell."""
    people = [editor(unit(name), name.lower()) for name in ("Bø", "Ål", "Ås")]
    MunicipalityVersion.objects.filter(name="Ål").update(sort_key=sort_key("Ål"), number="3433")
    round_ = open_round()
    notices_due(now=at(dt.date(2022, 4, 15), 7))
    reports = {row.municipality_id: row for row in round_.reports.select_related("municipality", "round")}
    for person in people[:2]:
        report = reports[person.memberships.get().municipality_id]
        notice_write(kind="message", round=round_, report=report, users=[person], now=at(dt.date(2022, 4, 15)))
    OutgoingMail.objects.filter(user=people[0]).update(status="failed", error="OSError: no such address")
    OutgoingMail.objects.filter(user=people[1]).update(status="sent", sent_at=at(dt.date(2022, 4, 15)))
    Notice.objects.get_queryset().filter(user=people[1], kind="message").update(dropped_at=at(dt.date(2022, 4, 16)))
    return round_


def get(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def people_in(html):
    return re.findall(r'role="rowheader">([^<]+)<span class="sub">', html)


def test_the_ledger_and_its_filters(client, told):
    assert sorted(people_in(get(client, "notice_list"))) == ["Bø", "Bø", "Ål", "Ål", "Ås"]
    assert people_in(get(client, "notice_list", status="feil")) == ["Bø"]
    assert "no such address" in get(client, "notice_list", status="feil")
    assert people_in(get(client, "notice_list", status="venter")) == ["Bø"]
    assert people_in(get(client, "notice_list", status="bortfalt")) == ["Ål"]
    assert people_in(get(client, "notice_list", status="sendt")) == ["Ål"]
    assert people_in(get(client, "notice_list", status="pa-vei")) == ["Ås"]
    assert people_in(get(client, "notice_list", varsel="message", sok="ål")) == ["Ål"]
    assert people_in(get(client, "notice_list", varsel="message", sok="3433")) == ["Ål"]
    assert people_in(get(client, "notice_list", varsel="message", sok="bø 3433")) == []
    person = User.objects.get(username="ål")
    person.email, person.first_name = "post@example.no", "Kari"
    person.save()
    for word in ("ål", "Ål", "kari", "POST@"):
        assert len(people_in(get(client, "notice_list", varsel="message", sok=word))) == 1, word
    assert people_in(get(client, "notice_list", sok="ås@example.no")) == ["Ås"]
    assert people_in(get(client, "notice_list", sok="<script>", runde="x", status="?")) == []
    counts = dict(re.findall(r"status=([\w-]+)#treff\"[^>]*>[^<]+<b>(\d+)</b>", get(client, "notice_list")))
    assert counts == {"sendt": "1", "pa-vei": "1", "venter": "1", "feil": "1", "bortfalt": "1"}


def test_the_ledger_takes_the_same_queries_whatever_its_length(client, told):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            get(client, "notice_list")
        return len(seen)

    get(client, "notice_list")
    few = queries()
    for n in range(30):
        person = editor(unit(f"Ny {n}"))
        notice_write(kind="message", round=told, users=[person], now=at(dt.date(2022, 4, 15)))
    assert queries() == few <= 10


def test_without_a_round_the_page_says_so(client):
    assert 'class="empty"' in get(client, "notice_list")
    assert client.get(reverse("notice_day")).status_code == 200


def test_a_test_round_has_its_own_list(client, told):
    trial = open_round(dt.date(2022, 11, 1))
    trial.kind = "test"
    trial.save()
    notice_write(kind="message", round=trial, users=[user(Role.HDIR, name="heidi")], now=at(dt.date(2022, 4, 15)))
    assert "Heidi" not in people_in(get(client, "notice_list"))
    assert people_in(get(client, "notice_list", runde=trial.pk)) == ["Heidi"]


def test_the_days_ahead(client, told):
    before = Notice.objects.get_queryset().count(), OutgoingMail.objects.count()
    html = get(client, "notice_day", dag="17.4.2022")
    assert html.count('<li><details class="ds-details">') == 3
    assert "rapporten per 1. mai 2022 er ikke sendt inn" in html.replace("\xa0", " ")
    assert get(client, "notice_day", dag="2022-04-18").count('<li><details class="ds-details">') == 3
    assert get(client, "notice_day").count('<li><details class="ds-details">') == 1  # what waits for today
    assert (Notice.objects.get_queryset().count(), OutgoingMail.objects.count()) == before


def test_what_people_write_to_each_other_is_not_shown_to_hdir(client, told):
    report = told.reports.select_related("municipality", "round").last()
    person = report.municipality.memberships.get().user
    for kind in ("message", "section", "section_done", "returned"):
        facts = {"comment": f"Hemmelig {kind}", "by": "Ola"}
        notice_write(kind=kind, round=told, report=report, users=[person], now=at(dt.date(2022, 4, 15)), facts=facts)
    html = get(client, "notice_day")
    assert "Ola har skrevet om rapporten" in html
    assert "Hemmelig message" not in html and "Hemmelig section" not in html  # nor section_done
    assert "Hemmelig" not in get(client, "notice_list")


@pytest.mark.parametrize("typed", ["i går", "31.2.2022", "15.4.2022", "x" * 500])
def test_a_day_that_is_none_is_told_at_the_field_and_kept(client, told, typed):
    html = get(client, "notice_day", dag=typed)
    assert 'aria-invalid="true"' in html and 'id="dag-feil"' in html
    assert f'value="{typed[:40]}"' in html


def post(client, what="lagre", **changes):
    own = own_words()["opened", "municipality"]
    data = {f"{key}_subject": words.subject for key, words in own.items()}
    data |= {f"{key}_body": words.body for key, words in own.items()}
    return client.post(reverse("notice_text", kwargs=PLACE), {**data, **changes, "hva": what})


def test_a_text_is_written_previewed_and_taken_back(client, told):
    response = post(client, "vis", nb_subject="Hei {enhet}", nn_body="Fristen er {frist}.")
    assert response.status_code == 200
    assert '<p class="strong">Hei Prøvekommune</p>' in response.content.decode()
    assert 'value="Hei {enhet}"' in response.content.decode()
    assert not NoticeText.objects.exists()
    assert post(client, nb_subject="Hei {enhet}").status_code == 302
    row = NoticeText.objects.get()
    assert (row.language, row.subject, row.edited_by) == ("nb", "Hei {enhet}", "Hanne")
    assert "Hei {enhet}" in get(client, "notice_texts")
    assert "Hanne" in get(client, "notice_text", "municipality", "opened")
    assert post(client, "portalens").status_code == 302
    assert not NoticeText.objects.exists()


@pytest.mark.parametrize("what", ["lagre", "vis"])
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(client, what):
    response = post(client, what, nn_subject="Hei {kommune}", nb_body="")
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count('aria-invalid="true"') == 2
    assert "{kommune}" in html and 'value="Hei {kommune}"' in html and "{enhet}" in html
    assert not NoticeText.objects.exists()


def test_every_text_has_its_page(client):
    html = get(client, "notice_texts")
    for kind, audience in own_words():
        assert reverse("notice_text", args=[audience, kind]) in html
        get(client, "notice_text", audience, kind)
    assert client.get(reverse("notice_text", args=["hdir", "opened"])).status_code == 404


def test_others_do_not_see_them(client):
    report = ReportFactory.not_started()
    for other in (factories.reviewer(report.office), editor(report.municipality), user(Role.HOD)):
        client = Client()
        client.force_login(other)
        assert client.get(reverse("notice_list")).status_code == 403
        assert post(client).status_code == 403
