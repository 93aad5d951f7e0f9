"""A correction after sending gives a version that says what it changed; versions are compared."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reporting.documents import build
from reporting.models import NationalSummary
from reporting.services import summaries
from reporting.services.summary_steps import summary_approve, summary_send
from tests.reporting.drawn_files import draw_files

from .steps import LATER


@pytest.fixture
def corrected(world, people, approved) -> NationalSummary:
    """The second version, after the first was sent and the report that was returned has come in."""
    summary_send(summary=approved, actor=world.user("hdir"), now=LATER, case="22/1")
    report = people.report(0)
    report.status = "submitted"
    report.save()
    second = summaries.summary_request(round=people.now, actor=world.user("hdir"), now=LATER)
    summaries.summary_build(pk=second.pk, clock=lambda: LATER)
    second.refresh_from_db()
    return second


def test_a_correction_after_sending_gives_a_version_that_lists_what_changed_and_why(world, corrected, login):
    note = "Rapporten som var returnert, er sendt inn."
    summary_approve(summary=corrected, actor=world.user("hdir"), now=LATER, change_note=note)
    summary_send(summary=draw_files(corrected), actor=world.user("hdir"), now=LATER, case="22/1")
    page = login("hod").get(reverse("summary_detail", args=[corrected.pk]))
    assert page.context["other"].version == 1 and note in page.content.decode()
    delivery = next(table for table in page.context["changed_tables"] if table["title"].startswith("Lever"))
    old, new = (build.summary_content(row, "nb") for row in (corrected.replaces, corrected))
    assert delivery["lines"] and page.context["changes"].count > 20
    assert {line["url"] for line in delivery["lines"]} == {None}  # the way home is not the ministry's

    def delivered(content) -> int:
        table = next(entry for entry in content.tables() if entry.name == "delivery")
        place = [column.key for column in table.columns].index("delivered")
        return next(row for row in table.rows if row.key == "total").cells[place].value

    lines = {(line["figure"].column, line["figure"].row): line["figure"] for line in delivery["lines"]}
    country = lines["delivered", "total"]
    assert (country.old.value, country.new.value) == (delivered(old), delivered(new))
    assert delivered(new) == delivered(old) + 1


def test_hdir_compares_with_any_version_and_goes_on_to_the_figures(people, corrected, login):
    client = login("hdir")
    third = summaries.summary_request(round=people.now, actor=None, now=LATER)
    summaries.summary_build(pk=third.pk, clock=lambda: LATER)
    page = reverse("summary_detail", args=[third.pk])
    same = client.get(page)
    assert same.context["other"] == corrected and same.context["changes"].count == 0
    first = client.get(page, {"mot": "1"})
    assert first.context["other"].version == 1 and first.context["changes"].count > 20
    lines = [line for table in first.context["changed_tables"] for line in table["lines"] if line["url"]]
    assert client.get(lines[0]["url"]).status_code == 200
    assert client.get(page, {"mot": "99"}).context["other"] == corrected


def test_the_list_names_each_document_and_where_the_next_is_composed(people, ready, login):
    page = login("hdir").get(reverse("summary_list"))
    addresses = [entry["url"] for entry in page.context["composable"]]
    assert reverse("summary_compose", args=["notat", people.now.pk]) in addresses
    assert sum("arsrapport" in address for address in addresses) == 1
    assert login("hod").get(reverse("summary_list")).context["composable"] == []
