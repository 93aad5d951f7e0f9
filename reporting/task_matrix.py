"""Helsedirektoratet's tasks in the reform, as they lie in ``reporting/data/tasks.toml``. No database."""

from __future__ import annotations

import tomllib
from functools import cache

from reporting.documents.facts import TaskFact
from reporting.question_bank import FOLDER


@cache
def read_tasks() -> tuple[TaskFact, ...]:
    """The tasks in the order of the matrix. Raises KeyError for one without code, words or source in a language."""
    with (FOLDER / "tasks.toml").open("rb") as file:
        rows = tomllib.load(file)["task"]
    return tuple(
        TaskFact(row["code"], {"nb": row["nb"], "nn": row["nn"]}, {lang: row["source"][lang] for lang in ("nb", "nn")})
        for row in rows
    )
