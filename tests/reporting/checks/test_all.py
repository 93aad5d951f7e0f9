"""The checks as a whole: their order, their list, and what follows from a form alone."""

import json
from pathlib import Path

from django.utils.translation import override

import reporting.checks
from reporting.checks import CHECKS, RULES, run_checks, sources, the_form_itself
from reporting.checks.finding import LEVELS, CheckFacts, Finding
from reporting.form_spec import FormSpec
from tests.reporting.checks.facts import TODAY, facts, spec

FOLDER = Path(reporting.checks.__file__).parent
TESTS = Path(__file__).parent
RULES_PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_every_file_is_one_listed_check_with_its_own_test_and_line_in_the_rules():
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "finding", "sources"}
    assert files == {check.code for check in CHECKS}
    assert files == {path.stem.removeprefix("test_") for path in TESTS.glob("test_*.py")} - {"all"}
    lines = RULES_PAGE.read_text().splitlines()
    for check in CHECKS:
        [line] = [line for line in lines if f"reporting/checks/{check.code}.py" in line]
        assert f"| {check.level} | {check.source}" in line


def test_every_rule_says_what_it_compares_and_where_it_is_from():
    known = {text for name, text in vars(sources).items() if name.isupper()}
    for rule in RULES:
        assert rule.source in known, rule.code
        for text in (rule.title, rule.why, rule.compares, rule.says):
            assert text.endswith("."), rule.code
        assert len({rule.title, rule.why, rule.compares, rule.says}) == 4, rule.code


def test_no_two_checks_compare_the_same():
    compared = [rule.compares for rule in RULES]
    assert len(compared) == len(set(compared))


def test_what_is_found_in_the_form_itself_stands_in_the_list():
    found = the_form_itself(spec(), {}, {"progress.delay_months": "not_a_number"})
    assert {finding.code for finding in found} <= {rule.code for rule in RULES}
    assert {"required", "invalid"} == {finding.code for finding in found}


def test_the_list_is_errors_first_then_warnings_then_remarks():
    levels = [LEVELS.index(check.level) for check in CHECKS]
    assert levels == sorted(levels)


def test_findings_come_errors_first_each_level_in_the_form_s_order():
    answers = {
        "plan.status": "none",
        "plan.decided_on": "2030-01-01",
        "network.participates": "yes",
        "progress.phase": "3",
        "progress.delay_months": 30,
        "solutions": {"1.1": "adopted"},
    }
    found = [(finding.level, finding.code) for finding in run_checks(facts(answers, {"plan.status": "own"}))]
    assert found == [
        ("error", "decision_date"),
        ("error", "network_missing"),
        ("warning", "phase_without_plan"),
        ("warning", "long_delay"),
        ("warning", "status_gone_back"),
        ("warning", "solutions_without_plan"),
    ]


def test_a_form_without_the_questions_is_not_checked():
    text = {"nb": "T", "nn": "T"}
    other = FormSpec.parse(
        {"sections": [{"key": "a", "title": text, "questions": [{"code": "x", "kind": "date", "text": text}]}]}
    )
    answers = {"plan.status": "own", "network.participates": "yes", "progress.delay_months": 99}
    assert run_checks(CheckFacts(other, answers, TODAY, TODAY, {"plan.status": "own"})) == []


def test_required_questions_that_are_shown_must_be_answered():
    answers = {"plan.status": "process", "progress.delay_months": 0}
    missing = {finding.question for finding in the_form_itself(spec(), answers, {})}
    assert {"plan.expected_on", "plan.process", "solutions", "org.responsible"} <= missing
    assert "progress.delay_reason" not in missing  # hidden
    assert "org.involved" not in missing  # optional
    assert "network.which" not in missing  # required only with a yes
    assert "plan.status" not in missing


def test_a_matrix_with_holes_is_one_finding_at_its_first_hole():
    found = [f for f in the_form_itself(spec(), {"solutions": {"1.1": "in_place"}}, {}) if f.question == "solutions"]
    assert [(f.field_key, f.key) for f in found] == [("solutions:1.2", "required:1.2")]
    assert "1" in found[0].message and "2" in found[0].message


def test_a_text_that_cannot_be_an_answer_is_said_once_and_not_also_as_missing():
    found = the_form_itself(spec(), {}, {"progress.delay_months": "not_a_number", "solutions:1.2": "wrong_type"})
    about = [(f.code, f.field_key) for f in found if f.question in ("progress.delay_months", "solutions")]
    assert about == [("invalid", "progress.delay_months"), ("invalid", "solutions:1.2")]


def test_a_hidden_field_that_cannot_be_an_answer_stops_nobody():
    found = the_form_itself(spec(), {"plan.status": "none"}, {"plan.decided_on": "not_a_date"})
    assert "plan.decided_on" not in {finding.question for finding in found}


def test_a_finding_is_stored_in_both_languages_with_its_comment():
    text = {"nb": "Gode øyeblikk", "nn": "Gode augeblink"}
    finding = Finding("warning", "x", "%(name)s", "solutions", "1.1", {"name": text})
    with override("nn"):
        stored = finding.stored("Vedtatt i mars.")
    assert stored["message"] == text
    assert stored["comment"] == "Vedtatt i mars."
    assert json.loads(json.dumps(stored)) == stored
