"""security.txt by RFC 9116, and robots.txt."""

from __future__ import annotations

import datetime as dt

import pytest

from reform.well_known import security_txt

NOW = dt.datetime(2022, 5, 4, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def fields(text: str) -> dict[str, str]:
    assert text.endswith("\r\n")
    return dict(line.split(": ", 1) for line in text.removesuffix("\r\n").split("\r\n"))


def test_the_file_says_whom_to_tell_and_until_when(settings):
    settings.PORTAL_CONTACT, settings.PORTAL_SECURITY_CONTACT = "hjelp@portal.example", ""
    settings.PORTAL_BASE_URL, settings.PORTAL_SECURITY_POLICY = "https://portal.example", ""
    settings.PORTAL_SECURITY_TXT_DAYS = 180
    assert fields(security_txt(now=NOW)) == {
        "Contact": "mailto:hjelp@portal.example",
        "Expires": "2022-10-31T00:00:00Z",
        "Preferred-Languages": "no, en",
        "Canonical": "https://portal.example/.well-known/security.txt",
    }


def test_a_place_names_its_own_contact_and_policy(settings):
    settings.PORTAL_SECURITY_CONTACT = "https://portal.example/meld"
    settings.PORTAL_SECURITY_POLICY = "https://portal.example/slik-gjer-vi"
    found = fields(security_txt(now=NOW))
    assert (found["Contact"], found["Policy"]) == (
        "https://portal.example/meld", "https://portal.example/slik-gjer-vi",
    )  # fmt: skip


@pytest.mark.parametrize("days", [0, 365, 5000])
def test_it_never_holds_for_a_year_or_for_nothing(settings, days):
    settings.PORTAL_SECURITY_TXT_DAYS = days
    end = dt.datetime.fromisoformat(fields(security_txt(now=NOW))["Expires"])
    assert NOW < end < NOW + dt.timedelta(days=365)


def test_both_are_open_to_all_and_plain_text(client):
    for address in ("/.well-known/security.txt", "/robots.txt"):
        response = client.get(address)  # no database is allowed in this test
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "public" in response.headers["Cache-Control"]
    assert b"Disallow: /\n" in client.get("/robots.txt").content
