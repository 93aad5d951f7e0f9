"""The front page of one who reports, and how few questions its pages ask of the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext, override

from municipalities.models import Membership, Role
from reporting.checks import RULES
from reporting.services.opening import figures_open
from reporting.services.submissions import submission_submit
from tests.reporting.factories import AUTUMN, at, open_round

from .steps import NOW, draft, fresh, home, last_round, save, signed_in, stored


def test_the_front_page_says_what_is_asked_until_when_and_what_to_do(world):
    last_round(world)
    report = fresh(world)
    html = home(world)
    assert "12" in html  # days left
    assert 'datetime="2022-05-01T23:59"' in html
    assert reverse("report_form", args=[report.pk]) in html
    assert reverse("report_nothing_new", args=[report.pk]) in html
    assert "statsforvalter-oslo-og-viken@example.org" in html
    main = html[html.index("<main") : html.index("</main>")]
    assert main.count('data-variant="primary"') == 1


def test_the_front_page_without_a_round_says_so(world, settings):
    open_round()
    settings.PORTAL_CLOCK = at(dt.date(2022, 8, 1)).isoformat()
    html = home(world)
    assert "deadline__days" not in html
    assert 'class="empty"' in html


def figures_of_the_last_round(world):
    figures_open(round_=open_round(AUTUMN), actor=world.user("hdir"), now=NOW)


def test_the_front_page_sets_own_figures_beside_region_and_country(world, monkeypatch):
    monkeypatch.setattr("reporting.services.comparison.SMALL", 2)
    last_round(world)
    last_round(world, "3025", plan_status="none", plan_decided_on=None, plan_case=None, progress_phase="2")
    figures_of_the_last_round(world)
    open_round()
    html = home(world)
    assert 'width="100.0"' in html  # 25 of 25 solutions
    assert html.count("bars__row") == 5


def test_the_front_page_says_nothing_of_a_region_where_few_have_delivered(world):
    last_round(world)
    last_round(world, "3025", plan_status="none", plan_decided_on=None, plan_case=None, progress_phase="2")
    figures_of_the_last_round(world)
    open_round()
    assert home(world).count("bars__row") == 3  # own, and the country's two


def test_the_front_page_shows_nothing_of_others_before_the_figures_are_opened(world):
    report = last_round(world)
    open_round()
    html = home(world)
    assert "bars__row" not in html and reverse("report_results", args=[report.pk]) not in html
    assert 'id="not-open"' in html and "16.\xa0desember 2021" in html


def test_a_district_is_set_beside_the_other_districts_only(world, monkeypatch):
    monkeypatch.setattr("reporting.services.comparison.SMALL", 1)
    last_round(world, "3004")
    last_round(world, "030101")
    figures_of_the_last_round(world)
    open_round()
    html = home(world, "editor-030101")
    assert html.count("bars__row") == 3  # own and the districts' mean; the districts with a plan; no country


def test_a_reader_is_not_asked_to_fill_in(world):
    report = fresh(world)
    html = home(world, "reader-3004")
    assert reverse("report_form", args=[report.pk]) not in html
    assert reverse("report_detail", args=[report.pk]) in html


def test_one_who_has_two_units_chooses_between_them(world):
    open_round()
    Membership.objects.create(
        user=world.user("editor-3004"), role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("3025"),
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    client = signed_in(world)
    page = client.post(reverse("acting_choose"), {"enhet": world.unit("3025").pk}, follow=True)
    html = page.content.decode()
    assert reverse("report_form", args=[fresh(world, "3025").pk]) in html
    assert reverse("report_form", args=[fresh(world).pk]) not in html


def test_one_whose_municipality_is_gone_is_told_so(world):
    """Torsken became a part of Senja in 2020; a role that was never moved leads nowhere, and not round in a ring."""
    Membership.objects.create(
        user=world.user("nobody"), role=Role.MUNICIPALITY_EDITOR, municipality=world.unit("1928"),
        valid_from=dt.date(2019, 1, 1),
    )  # fmt: skip
    page = signed_in(world, "nobody").get(reverse("municipality_home"))
    assert page.status_code == 404
    assert reverse("help") in page.content.decode()


@pytest.mark.parametrize(
    ("name", "section", "limit"),
    [
        ("municipality_home", "", 24),
        ("report_section", "plan", 14),
        ("report_summary", "", 14),
        ("report_detail", "", 14),
    ],
)
def test_pages_ask_a_bounded_number_of_questions_of_the_database(
    world, django_assert_max_num_queries, name, section, limit
):
    last_round(world)
    report = draft(world)
    args = [] if name == "municipality_home" else [report.pk, section] if section else [report.pk]
    client = signed_in(world)
    client.get(reverse(name, args=args))
    with django_assert_max_num_queries(limit):
        assert client.get(reverse(name, args=args)).status_code == 200


def test_saving_a_field_asks_few_questions_of_the_database(world, django_assert_max_num_queries):
    last_round(world)
    report, client = draft(world), signed_in(world)
    save(client, report, "plan.case", "PS 3/22", None)  # the form is parsed once
    rev = stored(report, "plan.case")["rev"]
    with django_assert_max_num_queries(11):  # of which three tell who asks, and two begin and commit
        assert save(client, report, "plan.case", "PS 4/22", rev).status_code == 200


def test_the_front_page_asks_the_same_number_however_many_units_there_are(world, django_assert_num_queries):
    last_round(world)
    open_round()
    client = signed_in(world)

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("municipality_home"))
        return len(seen)

    queries()
    few = queries()
    for number in ("3025", "0301"):
        last_round(world, number)
    assert queries() == few


@pytest.mark.parametrize("lang", ["nb", "nn"])
def test_the_list_of_checks_tells_everybody_what_each_compares_and_where_it_is_from(db, lang):
    client = Client()
    client.cookies["portal_language"] = lang
    page = client.get(reverse("checks_list"))
    rows = page.content.decode().split("<tr")[2:]
    assert page.status_code == 200
    assert len(rows) == len(RULES)
    with override(lang):
        for rule, row in zip(RULES, rows, strict=True):
            for text in (rule.title, rule.why, rule.compares, rule.source, rule.says):
                assert escape(gettext(text)) in row, rule.code


def test_nothing_new_is_not_offered_where_somebody_has_changed_an_answer(world):
    last_round(world)
    report, client = fresh(world), signed_in(world)
    client.get(reverse("report_section", args=[report.pk, "plan"]))
    assert save(client, report, "plan.case", "PS 9/22", None).status_code == 200
    for answer in (client.get(reverse("report_nothing_new", args=[report.pk])),
                   client.post(reverse("report_nothing_new", args=[report.pk]))):  # fmt: skip
        assert answer.status_code == 409
        assert reverse("report_form", args=[report.pk]) in answer.content.decode()
        assert "Skjemaet er allerede endret. Se over svarene" in answer.content.decode()
    html = home(world)
    assert reverse("report_nothing_new", args=[report.pk]) not in html
    assert "Svar er endret siden sist" in html


def test_the_front_page_asks_for_nothing_when_the_report_is_sent_in(world):
    report = draft(world)
    assert "Skjemaet har 23 spørsmål" in home(world)
    submission_submit(report=report, actor=world.user("editor-3004"), now=at(dt.date(2022, 4, 20)))
    html = home(world)
    assert "Skjemaet har" not in html
    assert "Rapporten er sendt inn. Dere får e-post om noe må rettes." in html
