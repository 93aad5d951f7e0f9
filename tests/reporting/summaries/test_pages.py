"""The pages of the national status and of a summary, with the way home of their figures."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reform.tasks import BackgroundTask
from reporting.documents import build
from reporting.models import NationalSummary
from reporting.services import documents, summaries
from reporting.services.summary_steps import summary_send
from tests.reporting.changed_world import said_borders
from tests.reporting.documents.population import FROZEN, populate

from .steps import LATER, clock


def test_the_national_status_without_a_round_says_so(world, login):
    page = login("hdir").get(reverse("national_status"))
    assert page.status_code == 200
    assert "empty" in page.content.decode()


def test_the_national_status_shows_what_the_live_figures_say(people, login):
    client = login("hdir")
    page = client.get(reverse("national_status"))
    assert page.status_code == 200
    assert page.context["country"].delivered.value == len(people.units) - 2
    assert page.context["plan_rows"][0].cells[-1].value == len(people.units) - 1
    again = client.get(reverse("national_status"))
    assert again.context["taken"] == page.context["taken"]  # computed once for the same reports
    assert said_borders(people.now.reference_date) in page.content.decode()


def test_the_pages_ask_no_more_when_the_country_grows(world, login):
    from tests.reporting.documents.population import NOW, _more_units

    client = login("hdir")
    populate(world)
    url = reverse("national_status")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    _more_units(world, 30)
    from reporting.services.rounds import round_open

    round_open(reference_date=NOW, actor=None, now=FROZEN)
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)


def test_starting_a_summary_leads_to_its_page_and_twice_to_the_same(people, login, monkeypatch):
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)
    client = login("hdir")
    url = reverse("summary_start", args=[people.now.pk])
    first = client.post(url)
    second = client.post(url)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert NationalSummary.objects.get_queryset().count() == 1


def test_the_progress_is_asked_for_until_all_is_made(people, ready, login):
    client = login("hdir")
    url = reverse("summary_progress", args=[ready.pk])
    waiting = client.get(url, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    ready.documents.update(status="done", file="x", size=10)
    done = client.get(url + "?fra=building", headers={"HX-Request": "true"})
    assert "hx-trigger" not in done.content.decode()
    assert done["HX-Refresh"] == "true"


def test_a_failed_summary_says_why_and_can_be_tried_again(ready, login, monkeypatch):
    NationalSummary.objects.get_queryset().filter(pk=ready.pk).update(status="failed", error="too_long")
    client = login("hdir")
    page = client.get(reverse("summary_detail", args=[ready.pk])).content.decode()
    assert documents.sentence("too_long") in page or "too_long" not in page
    assert reverse("summary_retry", args=[ready.pk]) in page
    assert client.post(reverse("summary_retry", args=[ready.pk])).status_code == 302
    ready.refresh_from_db()
    assert ready.status == "building"


def test_the_assessment_stands_in_the_next_version(people, ready, login):
    client = login("hdir")
    words = {"edit_number": "0", "nb_status": "Godt i gang <b>æ</b>.", "nn_status": "Godt i gang."}
    assert client.post(reverse("summary_compose_words", args=["notat", people.now.pk]), words).status_code == 302
    assert client.post(reverse("summary_start", args=[people.now.pk])).status_code == 302
    made = NationalSummary.objects.get_queryset().get(version=2)
    assert made.assessment["nb"]["status"] == "Godt i gang <b>æ</b>."
    summaries.summary_build(pk=made.pk, clock=clock)
    text = "Godt i gang &lt;b&gt;æ&lt;/b&gt;."
    assert text in client.get(reverse("summary_detail", args=[made.pk])).content.decode()
    assert text not in client.get(reverse("summary_detail", args=[ready.pk])).content.decode()


def test_every_figure_of_the_page_leads_home(ready, login):
    import re

    client = login("hdir")
    page = client.get(reverse("summary_detail", args=[ready.pk])).content.decode()
    addresses = sorted(set(re.findall(r'href="(/oppsummering/\d+/tall/[^"]+)"', page)))
    assert len(addresses) > 200
    for url in addresses[::23]:
        assert client.get(url).status_code == 200, url


def test_the_page_of_a_figure_names_the_units_and_their_answers(world, people, ready, login):
    content = build.summary_content(ready, "nb")
    plan = next(table for table in content.tables() if any(column.key == "declined" for column in table.columns))
    ref = next(column.ref for column in plan.columns if column.key == "adopted")
    client = login("hdir")
    page = client.get(reverse("figure_detail", args=[ready.pk, ref, "total"]), {"kommune": "Guovdageaidnu"})
    found = page.context["found"]
    assert found.value == str(found.sums["counted"])
    assert sum(found.sums.values()) == found.base == len(people.units) - 1
    assert page.context["hit"]["line"].name == "Kautokeino"
    assert said_borders(people.now.reference_date) in page.content.decode()
    line = found.counted[0].lines[0]
    assert line.submission == 1 and line.answer
    unit = client.get(line.url)
    assert unit.status_code == 200
    assert unit.context["submission"].number == 1
    assert unit.context["submission"].answers_hash in unit.content.decode()


def test_the_way_home_of_a_sent_summary_shows_the_submission_that_counted(world, people, approved, login):
    ready = approved
    from reporting.models import Submission

    summary_send(summary=ready, actor=world.user("hdir"), now=LATER, case="22/1")
    report = people.report(3)
    new = Submission.objects.get_queryset().create(
        report=report, number=2, form_version=people.now.form_version, answers={"plan.status": "none"},
        answers_hash="y" * 64, submitted_by_name="Ny", submitted_at=LATER,
    )  # fmt: skip
    report.current = new
    report.save()
    client = login("hdir")
    url = reverse("figure_unit", args=[ready.pk, "T4.1", "total", people.units[3].pk])
    page = client.get(url)
    assert page.context["submission"].number == 1
    assert "y" * 64 not in page.content.decode()


@pytest.mark.parametrize("ref", ["T99.1", "T3.99", "x", "T3.1%0A"])
def test_an_unknown_figure_is_not_found(ready, login, ref):
    assert login("hdir").get(f"/oppsummering/{ready.pk}/tall/{ref}/total/").status_code == 404


def test_a_live_figure_leads_home_too(people, login):
    client = login("hdir")
    page = client.get(reverse("figure_live", args=["T3.6", "total"]))
    assert page.status_code == 200
    assert page.context["found"].sums["counted"] == len(people.units) - 2
