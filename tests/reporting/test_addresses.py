"""Addresses with nonsense in them: one clear page, never an error of ours, on every database."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.reporting.factories import SPRING, ReportFactory, answers, at, open_round
from tests.world import World

pytestmark = pytest.mark.django_db

NONSENSE = ["\x00", "'\"<script>", "9" * 5000, "²", "-1", "٣", "\U0010ffff", "2022-02-30", "a\r\nX-Evil: 1"]
NAMES = [
    "runde",
    "sok",
    "side",
    "utvalg",
    "sorter",
    "status",
    "varsler",
    "embete",
    "kommune",
    "enhet",
    "fra",
    "vis",
    "visning",
    "kontroll",
    "limit",
    "offset",
    "as_of",
    "kind",
    "municipality",
    "office",
    "next",
    "dag",
]


def pages(resolver: URLResolver, report: int) -> list[str]:
    """Every address of the portal's own that can be asked for with a report's number."""
    found: list[str] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += [] if entry.namespace == "admin" else pages(entry, report)
            continue
        known = {"pk": report, "section": "plan", "ref": "T3.9", "row": "total", "unit": 1, "number": "3004",
                 "date": SPRING}  # fmt: skip
        names = getattr(entry.pattern, "converters", {})
        if isinstance(entry, URLPattern) and entry.name and set(names) <= set(known):
            try:
                found.append(reverse(entry.name, kwargs={name: known[name] for name in names}))
            except NoReverseMatch:
                continue
    return found


@pytest.mark.parametrize("username", ["editor-3004", "statsforvalter-oslo-og-viken", "hdir"])
def test_nonsense_after_the_question_mark_breaks_no_page(world: World, settings, username):
    settings.PORTAL_CLOCK = at(dt.date(2022, 4, 20)).isoformat()
    report = ReportFactory.draft(
        round_=open_round(), municipality=world.unit("3004"), actor=world.user("editor-3004"),
        values=answers(solutions=None),
    )  # fmt: skip
    client = Client(raise_request_exception=False)
    client.force_login(world.user(username))
    asked = [address for address in pages(get_resolver(), report.pk) if "logg-ut" not in address]
    assert len(asked) > 30
    broken = []
    for address in asked:
        for text in NONSENSE:
            answer = client.get(address, dict.fromkeys(NAMES, text))
            if answer.status_code >= 500:
                broken.append((address, text[:20], answer.status_code))
    assert broken == []


@pytest.mark.parametrize(
    "name", ["report_detail", "report_form", "report_review", "document_download", "api_report", "summary_detail"]
)
def test_a_number_that_no_row_can_have_is_not_there(world: World, name):
    client = Client(raise_request_exception=False)
    client.force_login(world.user("hdir"))
    for number in (0, 10**18, 2**63, 10**40):
        assert client.get(reverse(name, kwargs={"pk": number})).status_code in (403, 404), number


@pytest.mark.parametrize("number", ["9" * 400, "²", "3004\n", "<b>"])
def test_a_municipality_that_is_none_is_not_there(world: World, number):
    client = Client(raise_request_exception=False)
    client.force_login(world.user("hdir"))
    assert client.get(f"/kommune/{quote(number)}/").status_code == 404
