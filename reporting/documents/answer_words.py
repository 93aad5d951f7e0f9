"""The words of the workbook of all answers, in the language in use."""

from __future__ import annotations

from django.utils.translation import gettext as _


def heads() -> tuple[str, ...]:
    """The heads of the ten columns, in the language in use."""
    return (
        _("Round"), _("Municipality number"), _("Municipality"), _("County"), _("Office"), _("Version"), _("Question"),
        _("Row"), _("Answer"), _("Answer in words"),
    )  # fmt: skip


def fixed_word(key: str) -> str:
    """The workbook's fixed words, in the language in use."""
    return {
        "cover": _("Cover"),
        "answers": _("Answers"),
        "code_book": _("Code book"),
        "rounds": _("Rounds"),
        "reports": _("Reports counted"),
        "lines": _("Answers written"),
        "cut": _("Answers cut because a cell holds no more"),
        "question": _("Question"),
        "kind": _("Kind"),
        "key": _("Key"),
        "text": _("Text"),
    }[key]
