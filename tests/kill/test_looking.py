"""What looks for faults finds them; the points are functions that are there; the report has every kill."""

from __future__ import annotations

import importlib
import re
import time

import pytest

from municipalities.models import Event, OutgoingMail
from reporting.models import Document, Report
from reporting.workflow import REPORT
from tests.kill import invariants, points
from tests.kill.cells import CELLS, STEPS, VICTIMS, cells
from tests.kill.report import HEADS, text
from tests.kill.report import REPORT as FILE
from tests.reporting.factories import SPRING, ReportFactory, at, editor, unit

START = ("start", "not_started", "draft")
SUBMIT = ("submit", "draft", "submitted")
APPROVE = ("approve", "submitted", "approved")


class TestTheTable:
    def test_a_way_through_it_is_a_way(self):
        assert (
            invariants.replay(REPORT, "not_started", [START, ("commented", "", ""), SUBMIT, APPROVE], "approved") == []
        )

    @pytest.mark.parametrize(
        ("steps", "end", "said"),
        [
            ([START, SUBMIT, SUBMIT], "submitted", "submit starts in draft, but the state was submitted"),
            ([START, SUBMIT, APPROVE, APPROVE], "approved", "approve starts in submitted"),
            ([START, ("submit", "draft", "approved")], "approved", "which the table does not know"),
            ([START], "submitted", "the Events end in draft, and the row is submitted"),
            ([("sneak", "not_started", "approved")], "approved", "sneak is no transition"),
        ],
    )
    def test_what_does_not_fit_is_said(self, steps, end, said):
        assert said in " ".join(invariants.replay(REPORT, "not_started", steps, end))


@pytest.mark.django_db
class TestTheWholeDatabase:
    def test_what_the_services_write_holds(self, settings):
        ReportFactory.approved()
        assert [*invariants.states(), *invariants.submissions(), *invariants.approvals(), *invariants.drafts()] == []
        assert invariants.files(settings.DOCUMENT_ROOT) == []

    def test_an_event_twice_a_lost_one_and_a_state_without_one_are_found(self):
        report = ReportFactory.submitted()
        event = Event.objects.get_queryset().filter(name="submit").values().get()
        Event.objects.get_queryset().create(**{**event, "id": None})
        assert any("submit starts in draft" in fault for fault in invariants.states())
        assert any("2 Events say submit" in fault for fault in invariants.submissions())
        Report.objects.get_queryset().filter(pk=report.pk).update(status="returned")
        assert any("the row is returned" in fault for fault in invariants.states())

    def test_a_receipt_that_is_missing_and_a_mail_that_came_twice_are_found(self):
        ReportFactory.submitted()
        Document.objects.get_queryset().filter(kind="receipt").delete()
        assert any("has 0 receipts" in fault for fault in invariants.submissions())
        sent = OutgoingMail.objects.filter(status="sent").count()
        seen = {f"<{number}@x>": 1 for number in range(sent)}
        assert not [fault for fault in invariants.mails(seen) if "came" in fault]
        seen["<0@x>"] = 2
        assert any("times came mails" in fault for fault in invariants.mails(seen))
        assert not any("times came mails" in fault for fault in invariants.mails(seen, twice=1))

    def test_a_job_that_hangs_and_a_half_file_are_found(self, tmp_path):
        actor = editor(place := unit())
        ReportFactory.submitted(municipality=place, actor=actor)
        Document.objects.get_queryset().update(status="running")
        assert any("is running" in fault for fault in invariants.jobs())
        Document.objects.get_queryset().update(status="failed", error="too_long")
        assert invariants.jobs() == []
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 half")
        (tmp_path / "b.pdf.part").write_bytes(b"%PDF-1.7 half")
        assert invariants.files(tmp_path) == ["a.pdf is half a file under a final name"]


class TestThePoints:
    def test_each_is_a_function_that_is_there(self):
        for point in points.POINTS.values():
            module, _, path = point.function.partition(":")
            found = importlib.import_module(module)
            for name in path.split("."):
                found = getattr(found, name)
            assert callable(found), point.name

    def test_every_victim_is_killed_at_every_step_and_more_rounds_at_every_point(self):
        assert {(victim, point.partition(" ")[0]) for victim, point in CELLS} == {
            (victim, step) for victim in VICTIMS for step in STEPS
        }
        assert {point for _victim, point in CELLS} <= set(points.POINTS)
        assert len(list(cells(2))) == len(CELLS) + len(points.POINTS) * len(VICTIMS)

    def test_one_is_held_once_until_it_is_let_go(self, tmp_path, monkeypatch):
        monkeypatch.setattr(points, "FOLDER", tmp_path)
        points.hold("send handed")  # not armed: nobody is held
        points.arm("send handed")
        points.file_of("go", "send handed").touch()
        points.hold("send handed")
        assert points.reached("send handed") > 0
        points.let_go("send handed")

    def test_the_clock_goes_on_and_can_be_put_forward(self, tmp_path, monkeypatch):
        monkeypatch.setattr(points, "FOLDER", tmp_path)
        points.set_clock(at(SPRING), time.time(), 0)
        before = points.now()
        points.set_clock(at(SPRING), time.time(), 600)
        assert 590 < (points.now() - before).total_seconds() < 660


class TestTheReport:
    def kill(self, **more):
        told = {"number": 1, "victim": "web", "step": "submit", "point": "submit written", "words": "w"}
        return {
            **told,
            "seen": ["302"],
            "times": 1,
            "swept": 0,
            "retried": 0,
            "twice": 0,
            "faults": [],
            "holds": True,
        } | more

    def test_a_fault_is_not_hidden(self):
        told = text({"kills": [self.kill(), self.kill(times=2, holds=False, faults=["x | y"])], "mails": 3}, None)
        assert "after 1 of them everything held" in told
        assert "FAULT: done 2 times; x / y" in told

    def test_the_one_in_the_documents_has_a_line_with_its_outcome_for_each_kill(self):
        rows = [line.split(" | ") for line in FILE.read_text().splitlines() if re.match(r"\| \d+ \| ", line)]
        assert {len(row) for row in rows} == {len(HEADS["kills"])}
        assert [int(row[0].strip("| ")) for row in rows] == list(range(1, len(rows) + 1))
        assert all(row[1] in VICTIMS and row[2] in STEPS and row[-1].strip("| ") for row in rows)
        assert f"{len(rows)} kills with" in FILE.read_text()

    def test_the_one_in_the_documents_has_the_kills_of_today_and_no_other(self):
        """Who adds a kill, or says another moment of it, makes the report anew from a run that has it."""
        rows = [line.split(" | ") for line in FILE.read_text().splitlines() if re.match(r"\| \d+ \| ", line)]
        more = (len(rows) - len(CELLS)) // (len(points.POINTS) * len(VICTIMS))  # a longer run is a report, too
        today = [(victim, point.partition(" ")[0], points.POINTS[point].words) for victim, point in cells(1 + more)]
        assert [tuple(row[1:4]) for row in rows] == today

    def test_what_a_run_has_left_out_is_named(self):
        told = text({"kills": [self.kill()], "mails": 3}, None)
        assert "Not in this run" in told and "database at “send handed”" in told
        every = [self.kill(victim=victim, point=point) for victim, point in CELLS]
        assert "Not in this run" not in text({"kills": every, "mails": 3}, None)
