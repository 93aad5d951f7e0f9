"""The whole delivery of a half-year note and ten regional volumes on two workers, against one bare WeasyPrint run over
the same pages; and again after one correction."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction

from bench import data
from bench.registers_filled import registers_filled
from reform import clock
from reporting.answers import answer_rows
from reporting.models import Answer, Document, NationalSummary, Report, Round, Submission
from reporting.services import delivery, summaries
from reporting.services.rounds import form_spec

NAME = "delivery"
DAYS = (dt.date(2021, 11, 1), dt.date(2022, 5, 1))
REGION = "trondelag"  # of middling size: 38 of 356 municipalities
LANGUAGE = "nb"
MOST_SECONDS = 900


def run(emit: Callable[..., None]) -> None:
    data.registers()
    rounds = data.filled_rounds(DAYS)
    registers_filled(rounds)
    with _workers() as (peak, processor):
        started = processor()
        first, summary = _delivered(rounds[-1])
        between = processor()
        _correct(rounds[-1])
        again, _second = _delivered(rounds[-1])
        ended = processor()
    bare = _bare(summary)
    size = f"note and 10 volumes, {bare['pages']} pages, with Word, Excel and JSON, 2 workers"
    emit(NAME, first / bare["seconds"], "ratio", limit=0.6, size=size)
    emit(f"{NAME}_rebuild", again / first, "ratio", limit=0.2, size=f"one report of {REGION} corrected")
    emit(f"{NAME}_worker_memory", peak[0] / 1024, "MiB", limit=500 / 1.048576, size="the largest of the processes")
    emit(f"{NAME}_seconds", first, "s", size=size)
    emit(f"{NAME}_rebuild_seconds", again, "s", size=size)
    emit(f"{NAME}_bare_seconds", bare["seconds"], "s", size=f"{bare['pages']} pages, {bare['mib']:.0f} MiB")
    emit(f"{NAME}_processor", between - started, "s", size="of the processor, by the workers")
    emit(f"{NAME}_rebuild_processor", ended - between, "s", size="of the processor, by the workers")
    emit(f"{NAME}_bare_processor", bare["processor"], "s", size="of the processor")


def _delivered(round_: Round) -> tuple[float, NationalSummary]:
    """Ask for a new version and its delivery in one language, and wait; the seconds from asking to the archive."""
    start = time.perf_counter()
    with transaction.atomic():
        summary = summaries.summary_request(round=round_, actor=None, now=clock.now())
        Document.objects.get_queryset().filter(summary=summary).exclude(language=LANGUAGE).delete()
    _wait(lambda: NationalSummary.objects.get_queryset().get(pk=summary.pk).status, "ready", ("failed",))
    packed = delivery.delivery_request(summary=summary, actor=None, now=clock.now(), languages=(LANGUAGE,))[0]
    _wait(lambda: Document.objects.get_queryset().get(pk=packed.pk).status, "done", ("failed", "cancelled"))
    return time.perf_counter() - start, summary


def _wait(state: Callable[[], str], wanted: str, never: tuple[str, ...]) -> None:
    for _ in range(MOST_SECONDS * 10):
        found = state()
        if found == wanted:
            return
        if found in never:
            raise RuntimeError(f"the job says {found}")
        time.sleep(0.1)
    raise RuntimeError(f"not {wanted} after {MOST_SECONDS} s")


def _correct(round_: Round) -> None:
    """Let one municipality of the region send in another answer."""
    report = (
        Report.objects.across_all(reason=data.REASON)
        .filter(round=round_, office__key=REGION, current__isnull=False)
        .order_by("pk")
        .first()
    )
    answers = {
        **report.current.answers,
        "progress.step": "5" if report.current.answers["progress.step"] != "5" else "4",
    }
    with transaction.atomic():
        sent = Submission.objects.get_queryset().create(
            report=report, number=2, form_version_id=report.current.form_version_id, answers=answers,
            answers_hash="0" * 64, submitted_by_name="bench", submitted_at=report.submitted_at,
        )  # fmt: skip
        Answer.objects.get_queryset().bulk_create(
            Answer(
                submission=sent, question=row.question, row=row.row, value=row.value, number=row.number,
                date=row.date, text=row.text,
            )
            for row in answer_rows(form_spec(round_.form_version), answers)
        )  # fmt: skip
        Report.objects.get_queryset().filter(pk=report.pk).update(current=sent)


def _bare(summary: NationalSummary) -> dict[str, Any]:
    """One run of WeasyPrint over the same pages, in a process of its own: seconds, pages and MiB."""
    command = [sys.executable, "-m", "bench.bare_weasyprint", str(summary.pk), LANGUAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=True)
    return json.loads(done.stdout.splitlines()[-1])


# --- two workers ----------------------------------------------------------------------------------


@contextmanager
def _workers() -> Iterator[tuple[list[int], Callable[[], float]]]:
    """Two worker processes: the largest resident memory of any of them so far, in KiB, and what gives the seconds of
    the processor that they have used, which other programs on the machine change less than the time."""
    command = [sys.executable, "-m", "celery", "-A", "reform.celery:app", "worker", "--concurrency", "2"]
    command += ["--loglevel", "ERROR", "--without-mingle", "--without-gossip", "--without-heartbeat"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, stop = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, stop), daemon=True)
    watcher.start()
    try:
        _ready(process)
        yield peak, lambda: _processor(process.pid)
    finally:
        stop.set()
        process.terminate()
        process.wait(60)


def _ready(process: subprocess.Popen[bytes]) -> None:
    """Wait until both processes of the worker are there."""
    for _ in range(600):
        if len(_family(process.pid)) >= 3:
            return
        time.sleep(0.1)
    raise RuntimeError("the workers did not start")


def _watch(pid: int, peak: list[int], stop: threading.Event) -> None:
    while not stop.wait(0.2):
        peak[0] = max([peak[0], *(_high_water(member) for member in _family(pid))])


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _processor(pid: int) -> float:
    """Seconds of the processor that a process, those of its children that have ended, and those that run have used."""
    ticks = 0
    for member in _family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended, and is counted by its parent
            continue
        ticks += sum(int(field) for field in fields[11 : 15 if member == pid else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _high_water(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
