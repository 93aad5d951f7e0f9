"""Each Event that the code writes has words on the pages of the trail, and so has what it went from and to."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

from municipalities.readings import READINGS
from municipalities.trail_words import WORDS, note_words, state_words

ROOT = Path(__file__).resolve().parents[2]
APPS = ("reform", "municipalities", "networks", "grants", "reporting")
WRITERS = {"log", "event_about"}
ELSEWHERE = {
    "reporting/services/opening.py": {"figures_open", "figures_closed"},
    "municipalities/readings.py": {*READINGS},
    "municipalities/services/structure.py": {"unit_split", "unit_merged", "unit_renamed", "unit_renumbered"},
}
"""Names that this test cannot follow to where they are written."""


Call = tuple[ast.FunctionDef | None, str, ast.Call]


@cache
def modules() -> dict[str, tuple[list[Call], list[ast.ImportFrom]]]:
    """For each file the calls in it, with the function that each stands in and what is called, and what it imports."""
    found = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                tree = ast.parse(path.read_text())
                imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
                found[str(path.relative_to(ROOT))] = [*within(tree, None)], imports
    return found


def within(node: ast.AST, function: ast.FunctionDef | None) -> Iterator[Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield (
                function,
                child.func.id if isinstance(child.func, ast.Name) else getattr(child.func, "attr", ""),
                child,
            )
        yield from within(child, child if isinstance(child, ast.FunctionDef) else function)


def module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def imported(path: str, module: str, names: set[str]) -> set[str]:
    """What ``names`` of a module are called in a file."""
    nodes = [node for node in modules()[path][1] if node.module == module]
    return {alias.asname or alias.name for node in nodes for alias in node.names if alias.name in names}


def said(path: str, argument: ast.expr, inside: ast.FunctionDef | None) -> set[str]:
    """The names that an argument can be: a text, a constant of its module, or what the callers of its function say."""
    if path == "municipalities/readings.py" or not isinstance(argument, (ast.Constant, ast.IfExp, ast.Name)):
        return ELSEWHERE[path]
    if isinstance(argument, ast.Constant):
        return {argument.value}
    if isinstance(argument, ast.IfExp):
        return said(path, argument.body, inside) | said(path, argument.orelse, inside)
    if isinstance(argument, ast.Name):
        module = importlib.import_module(module_of(path))
        if isinstance(value := getattr(module, argument.id, None), str):
            return {value}
        if inside is not None and (values := assigned(inside, argument.id)):
            return set().union(*(said(path, value, inside) for value in values))
        if inside is not None:
            return callers(path, inside, argument.id)
    return ELSEWHERE[path]


def assigned(function: ast.FunctionDef, name: str) -> list[ast.expr]:
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    return [node.value for node in nodes if any(isinstance(at, ast.Name) and at.id == name for at in node.targets)]


def callers(home: str, function: ast.FunctionDef, parameter: str) -> set[str]:
    """What a parameter of a function of the module ``home`` is given, there and where it is imported."""
    places = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    places = places[1:] if places[:1] == ["self"] else places
    place = places.index(parameter) if parameter in places else len(places)
    found: set[str] = set()
    for path, (calls, _imports) in modules().items():
        names = {function.name} if path == home else imported(path, module_of(home), {function.name})
        for outer, called, call in calls:
            if called in names:
                given = next((keyword.value for keyword in call.keywords if keyword.arg == parameter), None)
                argument = call.args[place] if place < len(call.args) else given
                found |= said(path, argument, outer) if argument is not None else set()
    return found


@cache
def written() -> dict[str, str]:
    """The name of each Event that the code writes, and a file that does."""
    found: dict[str, str] = {}
    for path, (calls, _imports) in modules().items():
        names = imported(path, "municipalities.transitions", WRITERS)
        for function, called, call in calls:
            if called in names and len(call.args) > 1:
                found |= dict.fromkeys(said(path, call.args[1], function), path)
            elif called == "Transition":
                name = next((keyword.value for keyword in call.keywords if keyword.arg == "name"), None)
                found |= dict.fromkeys(said(path, name or call.args[0], function), path)
    return found


def test_what_the_code_writes_is_found():
    some = {
        "submit",
        "notes_read",
        "user_made",
        "register_entered",
        "message_colleagues",
        "trail_deleted",
        "meeting_changed",
    }
    assert some <= {*written()}
    assert len(written()) > 90


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_each_event_is_called_something(language):
    with translation.override(language):
        wordless = {name: path for name, path in written().items() if not str(WORDS.get(name, ""))}
    assert wordless == {}


@pytest.mark.parametrize(
    ("about", "state", "nb", "nn"),
    [
        ("reporting.report", "not_started", "ikke startet", "ikkje starta"),
        ("reporting.riskassessment", "dismissed", "kjennes ikke igjen", "ikkje kjend att"),
        (
            "municipalities.membership",
            "hdir_admin",
            "administrator i Helsedirektoratet",
            "administrator i Helsedirektoratet",
        ),
        ("municipalities.solutionposition", "report:12/3", "rapport 12, versjon 3", "rapport 12, versjon 3"),
        ("reporting.round", "figures_open", "tallene åpnet", "tala opna"),
        ("no.such", "submitted", "submitted", "submitted"),
        ("reporting.report", "of_before", "of_before", "of_before"),
    ],
)
def test_what_an_event_went_to_is_in_words(about, state, nb, nn):
    for language, words in (("nb", nb), ("nn", nn)):
        with translation.override(language):
            assert state_words(about, state).lower() == words.lower()


@pytest.mark.parametrize(
    ("about", "note", "words"),
    [
        ("reporting.report", "Ring oss: note er feil.\nTakk.", "Ring oss: note er feil.\nTakk."),
        (
            "municipalities.plandecision",
            "valid_from: 2021-11-01\nmunicipality_id: 4",
            "2 felt; verdiene står i filene.",
        ),
        ("municipalities.phasestatus", "valid_to: – → 2021-10-31\nNy sak.", "Ny sak.\n1 felt; verdien står i filene."),
        ("municipalities.solutionposition", "1.2: x → y", "1 felt; verdien står i filene."),
        ("networks.network", '{"host": ["", "KS"], "note": [null, ""]}', "1 felt; verdien står i filene."),
        ("networks.network", "{ikke json", "{ikke json"),
        ("no.such", "valid_to: x", "valid_to: x"),
        ("reporting.report", "", ""),
    ],
)
def test_a_page_shows_what_people_wrote_and_not_the_names_of_fields(about, note, words):
    with translation.override("nb"):
        assert note_words(about, note) == words
