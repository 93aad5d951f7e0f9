"""The words of the workbook of all answers, in the language in use."""

from __future__ import annotations

from django.utils.translation import gettext as _


def heads(*, in_other_borders: bool = False) -> tuple[str, ...]:
    """The heads of the ten columns, of the three for the borders of another day, and of the last one, which says when
    the statsforvalter sent in on the unit's behalf; in the language in use."""
    then = (
        _("Round"), _("Municipality number"), _("Municipality"), _("County"), _("Office"), _("Version"), _("Question"),
        _("Row"), _("Answer"), _("Answer in words"),
    )  # fmt: skip
    here = (_("Number in today's borders"), _("Municipality in today's borders"), _("Was split into"))
    return (*then, *(here if in_other_borders else ()), _("By the office for the unit"))


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
        "borders": _("Borders"),
        "borders_then": _("Those of each round's own day"),
        "borders_of": _(
            "Those of each round's own day, and beside them those of {day}. Counts may be summed over a merger's parts;"
            " what a split municipality answered stays with it."
        ),
        "question": _("Question"),
        "kind": _("Kind"),
        "key": _("Key"),
        "text": _("Text"),
    }[key]
