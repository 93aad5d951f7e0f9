"""Web, worker, scheduler, broker and database are killed with -9 at each step, on servers of the tests' own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.kill.cells import CELLS, STEPS, VICTIMS
from tests.kill.report import CROWD, KILLS
from tests.kill.servers import ROOT, there

pytestmark = pytest.mark.services


def run(what: str, out: Any, **more: Any) -> dict[str, Any]:
    """``python -m tests.kill`` in a process of its own, which may kill what it likes."""
    if missing := there():
        pytest.skip(missing)
    asked = [part for name, value in more.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.kill", what, "--out", str(out), *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=3600)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def test_after_each_kill_everything_is_done_once_or_says_that_it_failed():
    rounds = int(os.environ.get("PORTAL_KILL_ROUNDS", "1"))
    found = run("kills", KILLS, rounds=rounds)
    assert len(found["kills"]) >= len(CELLS) * rounds
    assert {(kill["victim"], kill["step"]) for kill in found["kills"]} == {
        (one, step) for one in VICTIMS for step in STEPS
    }
    faults = {
        f"{kill['number']} {kill['victim']} {kill['point']}": (kill["times"], kill["faults"])
        for kill in found["kills"]
        if not kill["holds"]
    }
    assert faults == {}


def test_a_hundred_people_at_once_break_no_rule_and_meet_no_word_of_others():
    seconds = float(os.environ.get("PORTAL_CROWD_SECONDS", "60"))
    found = run("crowd", CROWD, seconds=seconds)
    assert found["people"] == 100 and found["requests"] > 100
    assert (found["faults"], found["leaks"], found["server_errors"], found["broken"]) == ([], [], [], [])
    assert {"submit", "approve", "return", "reopen", "deliver"} & set(found["steps"])
