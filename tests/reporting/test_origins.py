"""A municipality that was made of others sees what they answered last; nothing of it is filled in."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from municipalities.access import can
from municipalities.models import Membership, MunicipalityLink, MunicipalityVersion, Role
from reform.models import Solution
from reporting.models import Report
from reporting.services.origins import answers_of_parts
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, open_round
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts(world: World):
    """As if Gamle Asker (0220) and Røyken (0627) had existed until the new year 2022, and had reported before."""
    round_ = open_round(AUTUMN)
    solutions = {row.code: "in_place" for row in Solution.objects.all()}
    for number, case in (("0220", "PS 1/21"), ("0627", "<b>PS 2/21</b>")):
        MunicipalityVersion.objects.filter(number=number).update(valid_to=dt.date(2021, 12, 31))
        user = world.user("nobody")
        Membership.objects.create(
            user=user, role=Role.MUNICIPALITY_EDITOR, municipality=world.unit(number), valid_from=dt.date(2018, 1, 1)
        )
        ReportFactory.submitted(
            round_=round_, municipality=world.unit(number), actor=user,
            values=answers(**{"plan.case": case, "solutions": solutions}),
        )  # fmt: skip
    Membership.objects.filter(municipality__in=[world.unit("0220"), world.unit("0627")]).delete()
    MunicipalityLink.objects.filter(new=world.unit("3025")).update(on=dt.date(2022, 1, 1))
    return ReportFactory.draft(
        round_=open_round(SPRING), municipality=world.unit("3025"), actor=world.user("editor-3025"), values={}
    )


def test_each_part_by_itself_in_order(parts, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = answers_of_parts(parts)
    assert [(part.unit, part.whole, part.on, part.answers["plan.case"]) for part in found] == [
        ("0220 Asker", True, AUTUMN, "PS 1/21"),
        ("0627 Røyken", True, AUTUMN, "<b>PS 2/21</b>"),
    ]


def test_one_that_was_not_made_since_has_none_and_one_query(world, parts, django_assert_num_queries):
    other = ReportFactory.draft(
        round_=parts.round, municipality=world.unit("3004"), actor=world.user("editor-3004"), values={}
    )
    with django_assert_num_queries(1):
        assert answers_of_parts(other) == ()
    MunicipalityLink.objects.filter(new=world.unit("3025")).update(on=dt.date(2020, 1, 1))
    assert answers_of_parts(parts) == ()
    MunicipalityLink.objects.filter(new=world.unit("3025")).update(on=dt.date(2022, 1, 1), kind="boundary")
    assert answers_of_parts(parts) == ()


def test_the_form_shows_them_and_fills_nothing_in(world, parts, client, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    client.force_login(world.user("editor-3025"))
    with translation.override("en"):
        page = client.get(reverse("report_section", args=[parts.pk, "plan"])).content.decode()
    assert "0220 Asker:" in page and "PS 1/21" in page
    assert "&lt;b&gt;PS 2/21&lt;/b&gt;" in page and "<b>PS" not in page
    assert 'value="PS' not in page


def test_a_split_says_that_the_whole_answered(world, parts, client, settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    MunicipalityLink.objects.filter(old=world.unit("0627")).update(kind="split")
    assert [part.whole for part in answers_of_parts(parts)] == [True, False]
    client.force_login(world.user("editor-3025"))
    assert "0627 Røyken, " in client.get(reverse("report_section", args=[parts.pk, "plan"])).content.decode()


def test_what_the_parts_sent_in_is_read_and_not_changed(world, parts, client):
    old = Report.objects.get_queryset().get(municipality=world.unit("0627"))
    editor = world.user("editor-3025")
    assert can(editor, "report.read", old, today=dt.date(2022, 5, 4))
    client.force_login(editor)
    assert client.get(reverse("report_detail", args=[old.pk])).status_code == 200
    version = old.draft_version
    for name in ("report_submit", "report_nothing_new"):
        assert client.post(reverse(name, args=[old.pk]), {"draft_version": version}).status_code in (302, 403, 404, 409)
    old.refresh_from_db()
    assert (old.status, old.draft_version, old.submissions.count()) == ("submitted", version, 1)
    assert not can(world.user("editor-3004"), "report.read", old, today=dt.date(2022, 5, 4))
    Report.objects.get_queryset().filter(pk=old.pk).update(status="returned")
    assert not can(editor, "report.read", old, today=dt.date(2022, 5, 4))
