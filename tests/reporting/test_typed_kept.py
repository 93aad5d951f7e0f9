"""Each free text of the report's pages that is too long comes back whole, in its field, with one sentence."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import get_resolver, reverse

from municipalities.models import Event, Role
from reporting.models import Notice, Report, ReportMessage, ReviewComment, SectionAssignment
from reporting.urls_form import urlpatterns as form_urls
from reporting.urls_review import urlpatterns as review_urls
from tests.reporting import factories
from tests.reporting.review_world import *  # noqa: F403 - the region and its staff
from tests.reporting.review_world import login

pytestmark = pytest.mark.django_db

OFFICE, OWN = "office", "own"
TEXTS = [
    (OFFICE, "report_return", "Ås", "melding", 4000, {}),
    (OFFICE, "report_comment", "Ås", "kommentar-plan.status", 4000, {"question": "plan.status"}),
    (OFFICE, "report_note", "Ås", "notat", 4000, {}),
    (OFFICE, "report_talk", "Ås", "skriv", 4000, {"question": ""}),
    (OFFICE, "report_talk", "Ås", "sporsmal-plan.status", 4000, {"question": "plan.status", "place": "pair"}),
    (OFFICE, "report_extend", "Aremark", "frist-grunn", 500, {"until": "9.5.2022"}),
    (OFFICE, "report_on_behalf", "Aremark", "paa-vegne", 500, {}),
    (OFFICE, "report_take_back", "Åsnes", "tilbake", 4000, {}),
    (OFFICE, "report_reopen", "Åsnes", "gjenaapne", 4000, {}),
    (OWN, "report_message", "Ås", "skriv", 4000, {"question": "", "audience": "office"}),
    (OWN, "report_message", "Ås", "skriv", 4000, {"question": "", "audience": "colleagues"}),
    (OWN, "section_hand", "Aremark", "kollega-ord", 500, {"what": "hand", "name": "note"}),
]
NO_TEXT = {
    "report_approve", "report_judge", "reports_approve", "work_list_missing", "report_save", "report_time",
    "report_submit", "report_section", "report_changes", "report_nothing_new", "report_workbook_upload",
    "report_workbook_use",
}  # fmt: skip
"""What is pressed with no text of one's own, the form itself, whose fields keep what cannot be used as it was typed,
and files."""


def posted():
    """The names of the addresses of a report at which something can be sent."""
    return {
        entry.name for entry in (*form_urls, *review_urls) if hasattr(entry.callback.view_class, "post")
    }  # fmt: skip


def test_the_table_has_every_address_that_takes_a_text():
    assert posted() == {row[1] for row in TEXTS} | NO_TEXT
    assert {name for _who, name, *_more in TEXTS} <= set(get_resolver().reverse_dict)


@pytest.mark.parametrize(("who", "name", "which", "field", "longest", "data"), TEXTS)
def test_a_text_that_is_too_long_comes_back_whole_with_one_sentence(
    region, client, who, name, which, field, longest, data
):
    report = region[which]
    data, args = dict(data), [report.pk]
    reader = client
    if who == OWN:
        reader = login(report.municipality.memberships.get(role=Role.MUNICIPALITY_EDITOR).user)
    if name == "section_hand":
        args.append("plan")
        data["to"] = factories.editor(report.municipality, "kollega").pk
    before = counts()
    typed = "Så langt " + "å" * (longest - 9) + "!"
    response = reader.post(reverse(name, args=args), {data.pop("name", "text"): typed, **data})
    html = unescape(response.content.decode())
    assert response.status_code == 422
    drawn = re.search(rf'<(?:textarea|input)[^>]*id="{re.escape(field)}"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in drawn
    assert html.count(typed) == 1
    number = f"{longest:,}".replace(",", "\xa0")
    assert re.search(rf"{number}|{longest}", re.sub(r"<[^>]*>", " ", html))
    assert counts() == before
    assert Report.objects.across_all(reason="test").get(pk=report.pk).status == report.status


def test_who_a_part_was_to_go_to_stays_chosen(region):
    report = region["Aremark"]
    reader = login(report.municipality.memberships.get(role=Role.MUNICIPALITY_EDITOR).user)
    people = [factories.editor(report.municipality, name) for name in ("anne", "berit", "cecilie")]
    for to, chosen in ((people[1].pk, f'value="{people[1].pk}" selected'), ("x", "")):
        sent = {"what": "hand", "to": to, "note": 'Du & "jeg"' if to == "x" else "x" * 501}
        response = reader.post(reverse("section_hand", args=[report.pk, "plan"]), sent)
        html = response.content.decode()
        assert (response.status_code, chosen in html, sent["note"] in unescape(html)) == (422, True, True)
        assert '<details class="ds-details" open>' in html


def counts() -> list[int]:
    return [
        model.objects.get_queryset().count()
        for model in (ReviewComment, ReportMessage, SectionAssignment, Notice, Event)
    ]
