"""The regions' reports over HTTP: Hdir reads all of them, an office its own, and nobody what is still a draft."""

from __future__ import annotations

import pytest
from django.urls import reverse

from municipalities.models import Role
from reporting.models import RegionalReport
from reporting.services.regional import regional_open, regional_save
from tests.reporting.factories import SPRING, ReportFactory, at, office, reviewer, user
from tests.reporting.region import delivered_region

pytestmark = pytest.mark.django_db
ADDRESS = reverse("api_round_regions", args=[SPRING])


@pytest.fixture
def report(settings):
    settings.PORTAL_CLOCK = at(SPRING).isoformat()
    return ReportFactory.approved()


def read(client, who):
    client.force_login(who)
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    body = answer.json()
    return body["results"] if isinstance(body, dict) else body


def test_hdir_reads_what_was_delivered(client, report):
    delivered_region(report)
    (row,) = read(client, user(Role.HDIR))
    assert row["office"] == report.office.key and row["status"] == "delivered"
    assert row["delivery"]["number"] == 1 and row["delivery"]["answers_hash"] == "0" * 64


def test_a_draft_stays_with_the_office(client, report):
    staff = reviewer(report.office)
    regional = regional_open(round_=report.round, office=report.office, now=at(SPRING))
    regional_save(regional=regional, items=[("region.comment", "Bare et utkast", None)], actor=staff, now=at(SPRING))
    assert "Bare et utkast" in str(RegionalReport.objects.get_queryset().get().draft)
    (row,) = read(client, user(Role.HDIR))
    assert row["status"] == "draft" and row["delivery"] is None and "Bare et utkast" not in str(row)


def test_an_office_reads_its_own_only(client, report):
    delivered_region(report)
    assert [row["office"] for row in read(client, reviewer(report.office))] == [report.office.key]
    assert read(client, reviewer(office("en-annen"))) == []
