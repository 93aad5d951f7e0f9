"""The fixed words of the documents: labels for the renderers, names of answers as they stand in tables.

``_`` is the translation function of the document's language, handed in. Pure.
"""

from __future__ import annotations

from .book import Translate

LANGUAGE_NAMES = {"nb": "Bokmål", "nn": "Nynorsk"}


def labels(_: Translate, language: str, kind: str = "half_year") -> tuple[tuple[str, str], ...]:
    """The labels that every Content carries (``content_labels.LABEL_KEYS``)."""
    return tuple(
        {
            "publisher": "Helsedirektoratet",
            "document_kind": document_kinds(_)[kind],
            "language_name": LANGUAGE_NAMES[language],
            "language": _("Language"),
            "version": _("Version"),
            "content_hash": _("Control code (SHA-256)"),
            "sample": _("EXAMPLE: invented figures"),
            "contents": _("Contents"),
            "tables": _("Tables"),
            "figures": _("Figures"),
            "table": _("Table"),
            "figure": _("Figure"),
            "page": _("Page"),
            "page_of": _("of"),
            "of_units": _("of {n} municipalities"),
            "numbers_in_table": _("The figures are in table {n}."),
            "definitions": _("Definitions"),
            "definition_ref": _("Reference"),
            "definition_name": _("Name"),
            "definition_text": _("Definition"),
            "definition_rule": _("Rule"),
            "definition_denominator": _("Share of"),
            "text_cut": _("(the text goes on in the JSON file)"),
            "unshown": _("{n} characters have no sign in the font and are shown as a square."),
            "sheet_cover": _("Cover"),
            "sheet_annex": _("Municipalities"),
            "annex_group": _("County"),
            "group": _("Group"),
            "sheet": _("Sheet"),
            "rows": _("Rows"),
            "rows_written": _("Rows written"),
            "figures_written": _("Figures written"),
            "counts": _("Control counts"),
            "count": _("Count"),
            "as_of": _("Figures as of"),
            "frozen_at": _("Figures taken"),
            "cut_cells": _("Cells cut"),
            "no_rows": _("Nothing is registered here."),
            "attachment": _("The figures and texts of the document as JSON"),
            "sheet_summary": _("In brief"),
            "key_figure": _("Core indicator"),
            "key_value": _("Count"),
            "key_of": _("Out of"),
            "key_share": _("Share"),
            "key_change": _("The change"),
            "key_since": _("Since"),
            "key_note": _("Note"),
        }.items()
    )


def plan_status(_: Translate) -> dict[str, str]:
    """The classes of plan status, as table heads."""
    return {
        "own": _("Own plan"),
        "inside": _("In another plan"),
        "process": _("Process described"),
        "none": _("No plan"),
        "missing": _("Not answered"),
    }


def plan_answers(_: Translate) -> dict[str, str]:
    """Every answer to the question of plan status, as the register says it too."""
    return {key: label for key, label in plan_status(_).items() if key != "missing"} | {"declined": _("Decided not to")}


PLAN_LETTERS = {"own": "V", "inside": "A", "process": "P", "none": "I", "declined": "I", "missing": "–"}


def plan_types(_: Translate) -> dict[str, str]:
    """The plans in which the reform can be anchored, as table heads."""
    return {
        "samfunnsdel": _("Samfunnsdel (§ 11-2)"),
        "handlingsdel": _("Action part with financial plan"),
        "budget": _("Annual budget"),
        "care_plan": _("Health and care plan"),
        "strategy": _("Planning strategy"),
        "own_plan": _("Own action or theme plan"),
    }


def positions(_: Translate) -> dict[str, str]:
    """The positions on a solution, as table heads."""
    return {
        "in_place": _("Already in place"),
        "adopted": _("Adopted"),
        "adapted": _("Adapted locally"),
        "considered": _("Considered, not now"),
        "not_considered": _("Not considered"),
    }


def support_kinds(_: Translate) -> dict[str, str]:
    """The kinds of support."""
    return {
        "dialogue": _("Dialogue meeting with the municipality"),
        "leaders": _("Meeting with mayor and municipal director"),
        "course": _("Course or webinar"),
        "planning": _("Guidance on plan work"),
        "letter": _("Letter of expectation"),
    }


def network_kinds(_: Translate) -> dict[str, str]:
    """The kinds of networks."""
    return {
        "municipal": _("Municipal network"),
        "leader": _("Leader network"),
        "professional": _("Professional network"),
        "regional": _("Regional learning network"),
        "hospital": _("Forum of hospital, county and municipalities"),
        "age_friendly": _("Network of age-friendly communities"),
    }


def steps(_: Translate) -> dict[str, str]:
    """The five steps of the handbook."""
    return {
        "1": _("1 Start"),
        "2": _("2 Mapping"),
        "3": _("3 Planning and decision"),
        "4": _("4 In the plans"),
        "5": _("5 Carrying out"),
    }


def phases(_: Translate) -> dict[str, str]:
    """The phases in which a municipality can be."""
    return {
        "2": _("2 Mapping, planning, decisions"),
        "3": _("3 Carrying out"),
        "4": _("4 Evaluation"),
    }


def delay_classes(_: Translate) -> dict[str, str]:
    """The classes of delay against the municipality's own plan."""
    return {
        "0": _("No delay"),
        "1-6": _("1–6 months"),
        "7-12": _("7–12 months"),
        "13-24": _("13–24 months"),
        "25-": _("Over 24 months"),
    }


def delay_reasons(_: Translate) -> dict[str, str]:
    """The main reasons for delay."""
    return {
        "pandemic": _("The pandemic"),
        "capacity": _("Capacity or staff"),
        "money": _("Money"),
        "merger": _("Merger of municipalities"),
        "priority": _("Other work came first"),
        "other": _("Something else"),
    }


def patterns(_: Translate) -> dict[str, tuple[str, str]]:
    """The five patterns: a name, and the rule in words (``rules.PATTERNS`` is the rule itself)."""
    return {
        "health_only": (
            _("Health and care only"),
            _("Only the health and care sector takes part in the work."),
        ),
        "involvement": (
            _("Too little involvement"),
            _("The inhabitants are not involved, or fewer than two groups are."),
        ),
        "placed_low": (
            _("Responsibility placed low"),
            _("The responsibility lies with a leader of a unit, a project leader or a contact."),
        ),
        "isolated": (
            _("Isolated task"),
            _("Of all plans the reform is anchored in an action or theme plan of its own only."),
        ),
        "analysis": (
            _("No broad, long-term analysis"),
            _("The planning does not rest on a broad, long-term analysis."),
        ),
    }


def delivery_states(_: Translate) -> dict[str, str]:
    """How a report stands."""
    return {
        "on_time": _("On time"),
        "late": _("After the deadline"),
        "returned": _("Sent back"),
        "missing": _("Not delivered"),
    }


SUMMARY_PARTS = ("overall", "status", "goals", "progress")
"""The parts of the assessment that stand on the summary page, where there is room for them."""
LEVEL_PARTS = ("national", "regional", "local")
EXPECTED_PARTS = {"half_year": ("status", "goals", "progress"), "yearly": ("status", "goals", "progress", *LEVEL_PARTS)}
"""What the ministry has asked for in each document (Tillegg 40, and the letter of allocation for 2021)."""


def assessment_parts(_: Translate) -> dict[str, str]:
    """The parts of Helsedirektoratet's own text, in their order."""
    return {
        "overall": _("Overall"),
        "status": _("Status"),
        "goals": _("Goal attainment"),
        "progress": _("Progress"),
        "national": _("Nationally"),
        "regional": _("Regionally"),
        "local": _("Locally"),
    }


def risk_levels(_: Translate) -> dict[int, str]:
    """The four steps of the risk of a task, lowest first."""
    return {1: _("Low risk"), 2: _("Some risk"), 3: _("High risk"), 4: _("Very high risk")}


def change_title(_: Translate, kind: str) -> str:
    """The heading of the chapter on what has changed."""
    return _("Changes since last year") if kind == "yearly" else _("Changes since last round")


def document_kinds(_: Translate) -> dict[str, str]:
    """What the documents are called on their cover."""
    return {"half_year": _("Half-year note"), "yearly": _("Yearly report")}
