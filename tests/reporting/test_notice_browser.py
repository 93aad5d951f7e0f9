"""The pages of the notices in a browser: axe finds nothing, wide and narrow, in both languages; a text is written."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from municipalities.models import OutgoingMail, Role
from reporting.models import NoticeText
from reporting.services.notice_day import notices_due
from tests.browser import axe_violations
from tests.reporting.factories import at, editor, open_round, unit, user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hanne(settings):
    settings.PORTAL_CLOCK = "2022-04-16T09:00"
    for name in ("Lyngdal og den lange kommunen med et svært langt navn", "Bø", "Ås"):
        editor(unit(name))
    open_round()
    notices_due(now=at(dt.date(2022, 4, 15), 7))
    OutgoingMail.objects.filter(pk=OutgoingMail.objects.first().pk).update(
        status="failed", error="OSError: " + "x" * 90
    )
    return user(Role.HDIR, name="hanne")


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_pass_axe_and_never_scroll_sideways(open_page, live_server, hanne, width, language):
    page = open_page(user=hanne, width=width)
    page.context.add_cookies(
        [{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
    )
    for url in (
        reverse("notice_list"), reverse("notice_list") + "?sok=finnes+ikke", reverse("notice_day") + "?dag=17.4.2022",
        reverse("notice_day") + "?dag=nei", reverse("notice_texts"),
        reverse("notice_text", args=["municipality", "returned"]),
    ):  # fmt: skip
        page.goto(url)
        assert page.locator("html").get_attribute("lang") == language
        for closed in page.locator("main details > summary").all():
            closed.click()
        assert axe_violations(page) == [], url
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, (url, width)


def test_a_text_with_an_unknown_brace_is_told_and_then_written(open_page, hanne):
    page = open_page(user=hanne)
    page.goto(reverse("notice_text", args=["municipality", "opened"]))
    page.locator("#id_nb_subject").fill("Hei {kommune}")
    page.locator("button[value=lagre]").click()
    assert page.locator("#id_nb_subject").get_attribute("aria-invalid") == "true"
    assert "{kommune}" in page.locator(".ds-error-summary").inner_text()
    assert axe_violations(page) == []
    page.locator("#id_nb_subject").fill("Hei {enhet}")
    page.locator("button[value=vis]").click()
    assert "Hei Prøvekommune" in page.locator(".notice-preview").first.inner_text()
    page.locator("button[value=lagre]").click()
    page.locator("button[value=portalens]").wait_for()
    assert NoticeText.objects.get().subject == "Hei {enhet}"
    page.locator("button[value=portalens]").click()
    page.locator("button[value=portalens]").wait_for(state="detached")
    assert page.locator("#id_nb_subject").input_value().startswith("{enhet}")
