"""Figures from the registers lead home to the rows as they were frozen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from reporting.documents import build


def core_ref(ready, column: str) -> str:
    content = build.summary_content(ready, "nb")
    table = next(t for t in content.tables() if any(c.key == "unregistered" for c in t.columns))
    return next(entry.ref for entry in table.columns if entry.key == column)


@pytest.mark.parametrize("column", ["network", "support", "adopted", "adopted_process", "unregistered"])
def test_a_figure_from_a_register_leads_to_its_rows_and_to_the_reports(people, ready, login, column):
    client = login("hdir")
    ref = core_ref(ready, column)
    page = client.get(reverse("figure_detail", args=[ready.pk, ref, "total"]))
    assert page.status_code == 200
    found = page.context["found"]
    assert found.from_register
    if column != "unregistered":
        assert found.counted
        assert all(line.register for group in found.counted for line in group.lines)
    line = next(line for group in (found.counted or found.not_counted) for line in group.lines)
    unit = client.get(reverse("figure_unit", args=[ready.pk, ref, "total", line.unit]))
    assert unit.status_code == 200
    assert reverse("municipality_detail", args=[line.number]) in unit.content.decode()


def test_the_words_of_a_register_are_those_that_were_frozen(people, ready, login):
    from municipalities.models import PlanDecision

    PlanDecision.objects.get_queryset().update(status="none", decided_on=dt.date(2022, 1, 1))
    page = login("hdir").get(reverse("figure_detail", args=[ready.pk, core_ref(ready, "adopted"), "total"]))
    words = [line.register for group in page.context["found"].counted for line in group.lines]
    assert words and not any("1. januar" in word.replace("\xa0", " ") for word in words)
    assert any("1. juni 2020" in word.replace("\xa0", " ") for word in words)


def test_an_older_summary_says_nothing_of_a_register_that_it_did_not_keep(ready, login):
    ref = core_ref(ready, "adopted")
    type(ready).objects.get_queryset().filter(pk=ready.pk).update(register_ids={"participation": [], "support": []})
    page = login("hdir").get(reverse("figure_detail", args=[ready.pk, ref, "total"]))
    assert page.status_code == 200
