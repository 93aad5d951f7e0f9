"""The browser tools of the tests: axe runs under the site's own CSP, and tells good from bad."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOOD = """<!doctype html><html lang="nb"><head><title>Prøve</title></head>
<body><main><h1>Prøve</h1><img alt="Et kart" src="data:,"></main></body></html>"""


@pytest.mark.looks
def test_axe_finds_what_is_wrong_on_a_page_with_our_policy(open_page):
    page = open_page()
    response = page.goto("/healthz")
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert any(found.startswith("document-title") for found in axe_violations(page))


@pytest.mark.looks
def test_axe_finds_nothing_on_a_good_page(open_page):
    page = open_page(width=360)
    page.set_content(GOOD)
    assert axe_violations(page) == []
    page.set_content(GOOD.replace('alt="Et kart"', ""))
    assert any(found.startswith("image-alt") for found in axe_violations(page))


def test_no_browser_test_waits_by_an_eval():
    """It works only while the condition is met at once; else the site's policy stops it, now and then."""
    tests = Path(__file__).resolve().parent.parent
    waits = re.compile(r"\.wait_for_" + "function")
    assert [path.name for path in tests.rglob("test_*.py") if waits.search(path.read_text(encoding="utf-8"))] == []
