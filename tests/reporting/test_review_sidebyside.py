"""A report beside the one before it."""

from __future__ import annotations

import pytest

from reporting.form_spec import FormSpec
from reporting.sidebyside import no_longer_asked, register_ids, side_by_side


def both(text):
    return {"nb": text, "nn": f"{text} nn"}


def options(*keys):
    return [{"key": key, "text": both(key.capitalize())} for key in keys]


def form(*extra):
    rows = [{"key": key, "text": both(name)} for key, name in (("1.1", "Møter"), ("1.2", "Ruter"), ("1.3", "Hager"))]
    questions = [
        {"code": "status", "kind": "one_of", "text": both("Status?"), "options": options("own", "none")},
        {"code": "process", "kind": "long_text", "text": both("Prosess?")},
        {
            "code": "sectors",
            "kind": "several_of",
            "text": both("Sektorer?"),
            "options": options("health", "culture", "planning"),
        },
        {"code": "which", "kind": "register", "text": both("Hvilke?"), "limits": {"register": "networks"}},
        {
            "code": "solutions",
            "kind": "matrix",
            "text": both("Løsninger?"),
            "options": options("in", "out"),
            "rows": rows,
        },
        *extra,
    ]
    return FormSpec.parse({"sections": [{"key": "plan", "title": both("Plan"), "questions": questions}]})


SPEC = form()
NAMES = {"7": "Læringsnettverk Follo"}


def pairs(new, old, old_spec=SPEC, language="nb"):
    sections = side_by_side(spec=SPEC, answers=new, old_spec=old_spec, old_answers=old, language=language, names=NAMES)
    return {pair.code: pair for section in sections for pair in section.pairs}


def marked(pieces):
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "kind", "before", "after"),
    [
        ("none", "own", "changed", "[None]", "[Own]"),
        (None, "own", "new", "", "Own"),
        ("own", None, "removed", "Own", ""),
        ("own", "own", "same", "Own", "Own"),
    ],
)
def test_the_four_kinds(old, new, kind, before, after):
    answers = [{"status": value} if value else {} for value in (new, old)]
    pair = pairs(*answers)["status"]
    assert (pair.kind, marked(pair.old), marked(pair.new)) == (kind, before, after)


def test_without_an_earlier_report_nothing_is_changed():
    pair = pairs({"status": "own"}, None)["status"]
    assert (pair.kind, pair.old, pair.words) == ("same", (), "Own")


def test_texts_are_compared_word_by_word():
    pair = pairs({"process": "Planen vedtas i november."}, {"process": "Planen vedtas i juni."})["process"]
    assert (marked(pair.old), marked(pair.new)) == ("Planen vedtas i [juni].", "Planen vedtas i [november].")


def test_items_are_marked_one_by_one():
    pair = pairs({"sectors": ["health", "planning"]}, {"sectors": ["health", "culture"]})["sectors"]
    assert (marked(pair.old), marked(pair.new)) == ("Health, [Culture]", "Health, [Planning]")


def test_a_register_gets_its_names():
    pair = pairs({"which": ["7", "9"]}, {"which": ["7"]})["which"]
    assert marked(pair.new) == "Læringsnettverk Follo, [9]"
    assert register_ids(SPEC, {"which": ["7", "9"]}, {"which": ["7", "x"]}, {}) == {7, 9}


def test_a_matrix_has_a_line_for_each_row_that_is_answered():
    pair = pairs({"solutions": {"1.1": "in", "1.3": "in"}}, {"solutions": {"1.1": "in", "1.3": "out"}})["solutions"]
    assert pair.kind == "changed"
    assert [(move.name, move.old, move.new) for move in pair.changed_moves] == [("Hager", "Out", "In")]
    assert [move.key for move in pair.moves] == ["1.1", "1.3"]


def test_nynorsk():
    assert pairs({"status": "own"}, {}, language="nn")["status"].words == "Own nn"


def test_what_nobody_answered_is_left_out():
    assert list(pairs({"status": "own"}, {})) == ["status"]


def test_what_is_no_longer_asked_is_shown_apart():
    old_spec = form({"code": "gone", "kind": "whole_number", "text": both("Antall?")})
    old = {"gone": 3, "status": "own"}
    assert "gone" not in pairs({"status": "own"}, old, old_spec)
    asked = no_longer_asked(spec=SPEC, old_spec=old_spec, old_answers=old, language="nb", names={})
    assert asked == [("Antall?", "3")]
