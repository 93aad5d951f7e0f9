"""The question bank and the layout as they lie in ``reporting/data``, and a form composed from them. No database."""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reporting.form_spec import FormSpec

FOLDER = Path(__file__).resolve().parent / "data"

RowSource = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""Rows and groups of a matrix: ``{"key", "text", "group"}`` and ``{"key", "text"}``."""


def read_questions() -> list[dict[str, Any]]:
    """The questions of the bank, in the file's order; each has ``code``, ``kind`` and its definition."""
    with (FOLDER / "questions.toml").open("rb") as file:
        return tomllib.load(file)["question"]


def read_layout() -> list[dict[str, Any]]:
    """The sections a new form starts from: ``key``, ``title``, ``lead`` and the codes in ``questions``."""
    with (FOLDER / "layout.toml").open("rb") as file:
        return tomllib.load(file)["section"]


def compose(
    layout: Iterable[Mapping[str, Any]],
    bank: Mapping[str, Mapping[str, Any]],
    rows: Mapping[str, RowSource],
) -> dict[str, Any]:
    """The whole definition of a form: every word and rule copied in, so that it stands on its own once published.

    ``bank`` is code -> question, ``rows`` the sources that a matrix may take its rows from (``rows_from``). Raises
    KeyError for a code that the bank does not have, FormError for a definition that cannot be a form.
    """
    sections = []
    for section in layout:
        questions = [_whole(bank[code], rows) for code in section["questions"]]
        sections.append({**section, "questions": questions})
    definition = {"sections": sections}
    FormSpec.parse(definition)
    return definition


def _whole(question: Mapping[str, Any], rows: Mapping[str, RowSource]) -> dict[str, Any]:
    whole = copy.deepcopy(dict(question))
    if source := whole.pop("rows_from", None):
        whole["rows"], whole["groups"] = copy.deepcopy(rows[source])
    return whole


def definition_hash(definition: Mapping[str, Any]) -> str:
    """SHA-256 of the definition's canonical JSON, as 64 hex digits."""
    plain = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()
