"""The table of rights, word for word: whoever changes a right changes it here too."""

from __future__ import annotations

import ast
from pathlib import Path

from municipalities.access import RIGHTS
from municipalities.models import Role
from municipalities.right_sources import Source

ROOT = Path(__file__).resolve().parents[2]
EVERYONE = set(Role.values)
MUNICIPALITY = {"municipality_editor", "municipality_reader"}
REGION = {"statsforvalter", "ks", "usht"}
DIRECTORATE = {"hdir", "hdir_admin"}

EXPECTED = {
    "home.read": EVERYONE,
    "register.read": EVERYONE - {"hod"},
    "region.read": REGION | DIRECTORATE | {"evaluator"},
    "report.read": EVERYONE - {"hod"},
    "report.edit": {"municipality_editor", "statsforvalter"},
    "report.submit": {"municipality_editor", "statsforvalter"},
    "report.message": {"municipality_editor", "statsforvalter"},
    "report.reopen": {"statsforvalter"},
    "report.extend": {"statsforvalter"},
    "report.on_behalf": {"statsforvalter"},
    "report.list": {"ks", "usht", "evaluator"},
    "report.review": {"statsforvalter"} | DIRECTORATE,
    "report.return": {"statsforvalter"},
    "report.approve": {"statsforvalter"},
    "report.note": {"statsforvalter"},
    "national.read": DIRECTORATE,
    "summary.build": DIRECTORATE,
    "summary.approve": DIRECTORATE,
    "summary.send": DIRECTORATE,
    "summary.withdraw": DIRECTORATE,
    "summary.read": DIRECTORATE | {"hod"},
    "register.edit": {"statsforvalter", "hdir_admin"},
    "network.edit": REGION | {"hdir_admin"},
    "support.edit": REGION | {"hdir_admin"},
    "correction.propose": {"municipality_editor"},
    "correction.answer": REGION | {"hdir_admin"},
    "risk.read": {"statsforvalter"} | DIRECTORATE,
    "risk.assess": {"statsforvalter"},
    "membership.place": {"hdir_admin"},
    "figure.read": DIRECTORATE,
    "figures.open": DIRECTORATE,
    "volume.read": {"statsforvalter", "hod"} | DIRECTORATE,
    "round.open": {"hdir_admin"},
    "round.compose": DIRECTORATE,
    "round.publish": {"hdir_admin"},
    "round.unlock": {"hdir_admin"},
    "regional.read": {"statsforvalter"} | DIRECTORATE,
    "regional.edit": {"statsforvalter"},
    "regional.judge": DIRECTORATE,
    "notice.edit": DIRECTORATE,
    "status.read": EVERYONE - {"hod"},
    "burden.read": DIRECTORATE,
    "grants.read": EVERYONE - {"hod"},
    "grants.edit": DIRECTORATE,
    "priority.read": MUNICIPALITY | {"statsforvalter"} | DIRECTORATE,
    "priority.document": {"statsforvalter"},
    "priority.decide": DIRECTORATE,
    "application.read": MUNICIPALITY | {"statsforvalter"} | DIRECTORATE,
    "application.import": DIRECTORATE,
    "contact.invite": {"municipality_editor"},
    "access.offices": {"hdir_admin"},
    "access.municipalities": {"statsforvalter"},
    "access.review": {"hdir_admin", "statsforvalter", "municipality_editor"},
    "login.local": {"hdir_admin"},
    "service.manage": {"municipality_editor"},
    "operations.read": {"hdir_admin"},
    "rights.read": DIRECTORATE,
    "trail.read": {"hdir_admin"},
}


def test_who_has_which_right():
    assert {name: set(right.roles) for name, right in RIGHTS.items()} == EXPECTED


def test_the_nine_roles():
    assert MUNICIPALITY | REGION | DIRECTORATE | {"hod", "evaluator"} == EVERYONE


def test_the_ministry_reads_summaries_and_nothing_else():
    assert {name for name, right in RIGHTS.items() if Role.HOD in right.roles} == {
        "home.read",
        "summary.read",
        "volume.read",
    }


def test_every_right_has_a_sentence():
    assert all(str(right.sentence).endswith(".") for right in RIGHTS.values())


def test_every_right_has_a_source():
    """Which paragraph, or which decision of the design, a right comes from: municipalities/right_sources.py."""
    assert not [name for name, right in RIGHTS.items() if right.source is None]
    assert {right.source for right in RIGHTS.values()} == set(Source), "a source that no right has"


def test_a_decision_of_the_design_is_one_that_is_written_down():
    numbers = {source.value.split("/")[1] for source in Source if source.value.startswith("design/")}
    assert all(list((ROOT / "docs" / "decisions").glob(f"{int(number):04d}-*.md")) for number in numbers)


def test_roles_are_named_in_the_table_and_in_scopes_only():
    """Role logic lives in access.py and the models' ``visible_in``; a door that names a role is a rule astray."""
    doors = ("views", "api", "tasks", "admin", "forms", "serializers", "filters")
    found = []
    for app in ("municipalities", "networks", "reporting", "grants"):
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = [*path.relative_to(ROOT / app).parts[:-1], path.stem]
            if not set(parts) & set(doors) or "models" in parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role":
                    found.append(f"{path.relative_to(ROOT)}, line {node.lineno}: {ast.unparse(node)}")
    assert not found, "\n".join(found)
