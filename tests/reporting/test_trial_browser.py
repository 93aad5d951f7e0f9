"""A test round on the screen: told apart from the real one, in both languages, on a phone and a desk."""

from __future__ import annotations

import pytest

from municipalities.models import Role
from reporting.models import Report
from reporting.services.trial_rounds import round_try
from tests.browser import axe_violations
from tests.reporting.factories import SPRING, ReportFactory, at, editor, reviewer, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "language"), [(390, "nn"), (1280, "nb")])
def test_the_pages_of_a_test_round(open_page, settings, width, language):
    settings.PORTAL_CLOCK = f"{SPRING}T09:00+02:00"
    real = ReportFactory.submitted()
    trial = round_try(round_=real.round, unit_ids=[real.municipality_id], actor=user(Role.HDIR_ADMIN), now=at(SPRING))
    tried = Report.objects.across_all(reason="test").get(round=trial, municipality=real.municipality)
    own, staff = editor(real.municipality), reviewer(real.office)
    pages = [
        (own, "/kommune/"), (own, f"/rapport/{tried.pk}/"), (own, f"/rapport/{tried.pk}/skjema/plan/"),
        (staff, f"/arbeidsliste/?runde=prove{trial.pk}&utvalg=alle"), (staff, f"/rapport/{tried.pk}/gjennomgang/"),
    ]  # fmt: skip
    for person, address in pages:
        person.language = language
        person.save()
        page = open_page(width=width, user=person)
        page.goto(address)
        assert page.locator(".ds-alert").first.is_visible(), address
        assert axe_violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
