"""Excel of all answers of 12 rounds: at most 1.3 times XlsxWriter writing the same cells from memory."""

from __future__ import annotations

import datetime as dt
import io
import resource
import time
from collections.abc import Callable

import xlsxwriter
from django.db import transaction
from django.utils.translation import override

from bench import data
from reporting.documents.answer_words import fixed_word, heads
from reporting.documents.extract import extract
from reporting.documents.render_answers import SHEET_ROWS, render_answers
from reporting.models import Round

NAME = "excel_all_answers"


def run(emit: Callable[..., None]) -> None:
    data.registers()
    for factor in (1, 10):
        data.copies(factor)
        rounds = data.filled_rounds()
        with transaction.atomic(), override("nb"):
            lines = list(extract(rounds, "nb").lines)
            bare = _timed(lambda lines=lines: _bare(lines))
            count = len(lines)
            del lines
            whole = _timed(lambda rounds=rounds: _whole(rounds))
        size = f"12 rounds x {371 * factor} units, {count} answers"
        emit(NAME, whole / bare, "ratio", limit=1.3, size=size)
        emit(f"{NAME}_seconds", whole, "s", size=size)
    emit(f"{NAME}_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB", size="whole run")


def _whole(rounds: list[Round]) -> None:
    render_answers(extract(rounds, "nb"), io.BytesIO(), heads(), fixed_word)


def _bare(lines: list[tuple]) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True, "strings_to_numbers": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page, row = book.add_worksheet(), 0
    for line in lines:
        if row == SHEET_ROWS:
            page, row = book.add_worksheet(), 0
        for index, value in enumerate(line):
            if isinstance(value, str):
                if value:
                    page.write_string(row, index, value)
            elif isinstance(value, dt.date):
                page.write_datetime(row, index, value, day)
            else:
                page.write_number(row, index, float(value))
        row += 1
    book.close()


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
