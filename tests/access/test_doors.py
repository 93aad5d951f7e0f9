"""The doors (views, forms, API, administration, tasks) reach rows through the scope only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("reform", "municipalities", "networks", "reporting", "grants")
DOORS = ("views", "forms", "serializers", "admin", "tasks", "api", "filters", "context", "templatetags")
WAYS_IN = {"visible_to", "across_all"}
# What the reform is, and what places are called, is public knowledge, and so is nobody's row.
PUBLIC_MODELS = {"Reform", "ReformEnd", "FocusArea", "Solution", "Phase", "PhasePeriod"} | {
    "MunicipalityVersion",
    "MunicipalityLink",
    "OfficeName",
    "County",
}
# The base views look up a row together with the scope's own condition, to tell 403 from 404; the demo's login page
# names the demo's users.
EXEMPT = {
    "municipalities/views/__init__.py": {"get_queryset"},
    "municipalities/api.py": {"rows"},
    "municipalities/templatetags/portal.py": {"demo_users"},
}


def door_files() -> Iterator[Path]:
    """The files of the five apps that are doors, by name or by folder; ``urls_api`` and ``views_x`` count too."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = [*path.relative_to(ROOT / app).parts[:-1], path.stem]
            if "models" not in parts and any(
                part == door or part.startswith(f"{door}_") for part in parts for door in DOORS
            ):
                yield path


def unscoped(source: str, allowed_functions: frozenset[str] = frozenset()) -> list[str]:
    """Lines that reach rows by ``.objects`` without ``visible_to`` or ``across_all``, or by a hidden manager."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in ("_default_manager", "_base_manager"):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if node.attr != "objects" or _function_of(node, parents) in allowed_functions:
            continue
        if isinstance(node.value, ast.Name) and node.value.id in PUBLIC_MODELS:
            continue
        after = parents.get(node)
        if not isinstance(after, ast.Attribute) or after.attr not in WAYS_IN:
            found.append(f"line {node.lineno}: {ast.unparse(after if after is not None else node)}")
    return found


def _function_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef):
            return node.name
    return ""


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("Report.objects.visible_to(user, today=today)", False),
        ("Report.objects.across_all(reason='count')", False),
        ("Solution.objects.all()", False),
        ("Report.objects.all()", True),
        ("Report.objects.get(pk=pk)", True),
        ("get_object_or_404(Report.objects, pk=pk)", True),
        ("rows = self.model.objects\nrows.filter(pk=1)", True),
        ("Report._default_manager.get(pk=pk)", True),
    ],
)
def test_what_is_refused(source, refused):
    assert bool(unscoped(source)) is refused


def test_there_are_doors_to_look_at():
    names = {path.relative_to(ROOT).as_posix() for path in door_files()}
    assert "municipalities/views/__init__.py" in names


def test_doors_go_through_the_scope():
    found = []
    for path in door_files():
        name = path.relative_to(ROOT).as_posix()
        allowed = frozenset(EXEMPT.get(name, ()))
        found += [f"{name}, {line}" for line in unscoped(path.read_text(encoding="utf-8"), allowed)]
    assert not found, "rows reached without the scope:\n" + "\n".join(found)
