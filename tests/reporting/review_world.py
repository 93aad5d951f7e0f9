"""A region, its staff and its reports for the tests of the statsforvalter's pages; ``import *`` brings the fixtures."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from municipalities.models import MunicipalityVersion, OfficeName
from municipalities.names import sort_key
from reporting.models import Report
from reporting.services import submissions
from tests.reporting import factories
from tests.reporting.factories import ReportFactory, answers, at

TODAY = dt.datetime(2022, 5, 4, 9, 0)
WARNED = {"progress_delay_months": 30, "progress_delay_reason": "pandemic"}


@pytest.fixture(autouse=True)
def in_may(settings):
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


def again(report) -> None:
    """Returned, and sent in anew."""
    now = at(dt.date(2022, 5, 2))
    submissions.submission_return(report=report, actor=factories.reviewer(report.office), now=now, note="Se på datoen.")
    actor = report.municipality.memberships.get().user
    submissions.submission_submit(report=report, actor=actor, now=now + dt.timedelta(hours=2))
