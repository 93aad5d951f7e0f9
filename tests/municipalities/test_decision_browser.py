"""The pages of decisions, plans and the reform in a real browser: keyboard, phone, both languages, without scripts."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import PlanDecision, SolutionPosition
from municipalities.services.anchoring import AnchoringEntry, anchoring_enter
from municipalities.services.decisions import DecisionEntry, decision_enter
from municipalities.services.progress import ProgressEntry, progress_enter
from tests.browser import axe_violations
from tests.world import build_world

D = dt.date
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Handlingsplan-for-gjennomføring-av-kvalitetsreforma-Leve-heile-livet " * 2


@pytest.fixture
def stage(settings, transactional_db, now):
    """Fredrikstad with a decision, plans and steps, and its statsforvalter."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    world = build_world()
    by = {"municipality": world.unit("3004"), "actor": world.user("statsforvalter-oslo-og-viken"), "now": now}
    entry = DecisionEntry(
        "own", decided_on=D(2021, 6, 17), title=LONG.strip(), link=f"https://a.example/{'x' * 200}",
        areas={"1": "adopted"}, solutions={"1.1": "adopted", "3.2": "considered"},
    )  # fmt: skip
    world.decision = decision_enter(entry=entry, **by)
    years = {"covers_from": 2021, "covers_to": 2024}
    world.plan = anchoring_enter(
        entry=AnchoringEntry("handlingsdel", adopted_on=D(2020, 12, 14), name=LONG.strip(), **years), **by
    )
    anchoring_enter(entry=AnchoringEntry("samfunnsdel", is_expected=True), **by)
    world.step = progress_enter(entry=ProgressEntry(D(2020, 3, 1), 2, 2, 6, "pandemic", LONG), **by)
    return world


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_fit_and_axe_finds_nothing(stage, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=stage.user("statsforvalter-oslo-og-viken"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    decision = stage.decision.pk
    for url in (
        "/kommune/3004/vedtak/nytt/", f"/vedtak/{decision}/", f"/vedtak/{decision}/rett/", "/kommune/3004/forankring/",
        "/kommune/3004/framdrift/", "/reformen/", "/reformen/?dato=x",
        f"/forankring/{stage.plan.pk}/rett/", f"/framdrift/{stage.step.pk}/rett/",
    ):  # fmt: skip
        page.goto(url)
        page.locator("main details.ds-details").evaluate_all("all => all.forEach(one => (one.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        assert axe_violations(page) == [], url


def test_only_what_belongs_to_the_answer_is_shown(stage, open_page):
    page = open_page(user=stage.user("statsforvalter-oslo-og-viken"))
    page.goto("/kommune/3004/vedtak/nytt/")
    decided, expected = page.locator("[name=decided_on]"), page.locator("[name=expected_on]")
    assert not decided.is_visible() and not expected.is_visible()
    page.check("[name=status][value=own]")
    assert decided.is_visible() and not expected.is_visible()
    page.check("[name=status][value=process]")
    assert expected.is_visible() and not decided.is_visible()
    page.goto("/kommune/3004/forankring/")
    assert page.locator("[name=adopted_on]").is_visible() and not page.locator("[name=expected_on]").is_visible()
    page.check("[name=is_expected][value='1']")
    assert page.locator("[name=expected_on]").is_visible() and not page.locator("[name=adopted_on]").is_visible()


def test_a_decision_with_the_keyboard_alone(stage, open_page):
    page = open_page(user=stage.user("statsforvalter-oslo-og-viken"))
    page.goto("/kommune/3004/vedtak/nytt/")
    page.focus("[name=status][value=own]")
    page.keyboard.press("Space")
    page.fill("[name=decided_on]", "10.03.2022")
    page.focus("[name='solution_1.1'][value='']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.focus("[name=area_4][value='']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("[name=area_4]").first.press("Enter")
    page.wait_for_url("**/vedtak/*/")
    row = PlanDecision.objects.get_queryset().order_by("valid_from").last()
    taken = SolutionPosition.objects.get_queryset().filter(decision=row).values_list("solution__code", "position")
    assert dict(taken) == {"1.1": "adopted", **{f"4.{number}": "in_place" for number in range(1, 6)}}


def test_on_a_phone_areas_without_an_answer_begin_closed_and_count(stage, open_page):
    page = open_page(width=390, user=stage.user("statsforvalter-oslo-og-viken"))
    page.goto(f"/vedtak/{stage.decision.pk}/rett/")
    opened = page.locator(".plan-matrix > details").evaluate_all("all => all.map(one => one.open)")
    assert opened == [True, False, True, False, False]
    first = page.locator(".plan-matrix > details").first
    assert "2" in first.locator("[data-told]").inner_text() and "6" in first.locator("[data-told]").inner_text()
    first.locator("[name='solution_1.2'][value=adapted]").check()
    assert "3" in first.locator("[data-told]").inner_text()


def test_without_scripts_everything_is_there(stage, browser, live_server, open_page):
    page = open_page(width=390, user=stage.user("statsforvalter-oslo-og-viken"), java_script_enabled=False)
    page.goto("/kommune/3004/vedtak/nytt/")
    assert page.locator("[name='solution_5.5'][value=adopted]").is_visible()
