"""Every list of the registers goes to Excel and CSV: the same columns, numbers as text, what it is on top."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from grants.models import GrantApplication, Scheme
from grants.services.priority_decisions import priority_decide
from grants.services.shipped import shipped_load
from municipalities.services.corrections import correction_propose
from networks.services import participation_register
from networks.services.support import Support, support_give
from reform.models import Solution
from reporting.services.opening import figures_open
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, open_round
from tests.world import VIKEN, World

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
NATIONAL = ("explore", "round_stuck", "priority_what_if")
OFFICE = f"statsforvalter-{VIKEN}"


ELSEWHERE = {
    "the faults of an uploaded workbook": "networks/test_network_pages.py",
    "the trail": "municipalities/test_trail_page.py",
    "the rights": "municipalities/test_rights_page.py",
    "who has access": "municipalities/test_access_review.py",
    "what is stored about oneself": "municipalities/test_about_me.py",
}


@pytest.fixture
def lists(world: World, now, settings):
    """One row in each register, and the address of each list."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    unit = world.unit("0301")
    participation_register(
        municipality=unit, network_ids=[world.networks[VIKEN].pk], status="active", origin="register:x",
        valid_from=now.date().replace(year=2021), now=now,
    )  # fmt: skip
    support = Support(world.office(VIKEN), "course", "usht", now.date(), (unit.pk,), title="=1+1")
    support_give(support, actor=world.user(f"ks-{VIKEN}"), now=now)
    correction_propose(municipality=unit, about="support", text="Mangler.", actor=world.user("editor-0301"), now=now)
    given = answers(solutions={row.code: "in_place" for row in Solution.objects.all()})
    where = {"round_": open_round(SPRING), "municipality": unit, "actor": world.user("editor-0301")}
    report = ReportFactory.submitted(values=given, **where)
    figures_open(round_=where["round_"], actor=world.user("hdir"), now=now)
    plain = ("municipality_list", "network_list", "risk_list", "register_differences")
    found = {name: reverse(name) + "?format={}" for name in plain}
    found["network_detail"] = reverse("network_detail", args=[world.networks[VIKEN].pk]) + "?format={}"
    open_round(AUTUMN)
    found |= {name: reverse(name) + "?format={}" for name in ("explore", "compare_rounds")}
    found["report_results"] = reverse("report_results_file", args=[report.pk, "xlsx"]).replace("xlsx", "{}")
    shipped_load()
    found["allocation_page"] = reverse("allocation_page", args=[2022]) + "?format={}"
    found["appropriation_list"] = reverse("appropriation_list") + "?format={}"
    scheme = Scheme.objects.across_all(reason="test").get(year=2021, key="usht")
    decided = priority_decide(scheme=scheme, day=now.date(), actor=world.user("hdir"), now=now)
    found["priority_list"] = reverse("priority_list", args=[2021]) + "?format={}"
    found["priority_what_if"] = reverse("priority_what_if", args=[2021]) + "?prov_dag=2021-01-01&format={}"
    found["priority_decision"] = reverse("priority_decision", args=[decided.pk]) + "?format={}"
    GrantApplication.objects.get_queryset().create(
        scheme=scheme, municipality=unit, status="applied", applied_kr=450_000, note="=1+1", changed_at=now
    )
    found["application_list"] = reverse("application_list", args=[2021]) + "?format={}"
    for name in ("support", "correction", "round_status", "round_stuck"):
        found[name] = reverse(f"{name}_file", args=["xlsx"]).replace("xlsx", "{}")
    return found


def test_every_list_is_written_to_both_with_the_same_columns(world: World, lists, client):
    for name, address in lists.items():
        client.force_login(world.user("hdir" if name in NATIONAL else OFFICE))
        files = {style: client.get(address.format(style)) for style in ("xlsx", "csv")}
        for style, answer in files.items():
            assert answer.status_code == 200, (name, style)
            assert re.match(r"attachment; filename=.+\.", answer["Content-Disposition"]), (name, style)
            assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", ")), (name, style)
        page = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content)).worksheets[0]
        sheet = [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]
        lines = list(csv.reader(io.StringIO(files["csv"].content.decode("utf-8-sig")), delimiter=";"))
        assert lines[0] in sheet, name
        assert len(lines) == len(sheet[sheet.index(lines[0]) :]), name
        facts = " ".join(str(cell) for row in sheet[: sheet.index(lines[0])] for cell in row)
        assert "2022" in facts, (name, facts)
        assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line), name
        assert not any(cell == "301" for line in lines for cell in line), name


def test_every_door_that_writes_a_list_is_tried_here(lists):
    doors = [
        path
        for app in ("municipalities", "networks", "reporting", "grants")
        for path in (ROOT / app).rglob("views/*.py")
        if re.search(r"return table_response\(", path.read_text(encoding="utf-8"))
    ]
    calls = sum(len(re.findall(r"return table_response\(", path.read_text(encoding="utf-8"))) for path in doors)
    assert calls == len(lists) + len(ELSEWHERE)
