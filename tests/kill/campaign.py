"""One process after another is killed with -9 while a step is at a chosen point; then it is started again, and
everything is looked through."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections

from municipalities.models import Event, OutgoingMail
from reporting.models import Document, NationalSummary
from reporting.services.documents import document_retry
from reporting.services.summaries import summary_retry
from tests.kill import invariants, points
from tests.kill.cells import cells
from tests.kill.people import UNITS_2022, People, browser, persist
from tests.kill.servers import wait_until
from tests.kill.stand import Stand

QUIET = 1.5
"""Seconds in which nothing changes, no job runs and none is queued: then what is left waits for the sweep, which comes
after minutes, and the clock is put forward."""
PATIENCE = 240
NAMES = {"submit": "submit", "approve": "approve", "deliver": "deliver", "build": "request", "send": "send"}
"""The Event of each step; a mail has none, and is counted by its row."""


@dataclass
class Kill:
    """One kill and what became of it."""

    number: int
    victim: str
    step: str
    point: str
    words: str
    seen: list[str] = field(default_factory=list)
    times: int = 0
    swept: int = 0
    retried: int = 0
    restarted: int = 0
    twice: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return self.times == 1 and not self.faults

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


class Campaign:
    """The kills of a run, one after the other, in one world."""

    def __init__(self, stand: Stand, say: Callable[[str], None]) -> None:
        self.stand, self.say = stand, say
        self.people = People(stand)
        self.pool = ThreadPoolExecutor(4)
        self.kills: list[Kill] = []
        self.may_twice = 0
        self.browsers = {name: browser(stand.url, self.people.user(name)) for name in self._names()}

    def _names(self) -> list[str]:
        return [*(f"editor-{number}" for number in UNITS_2022), *self.people.world.users.keys() & {
            "statsforvalter-oslo-og-viken", "statsforvalter-troms-og-finnmark", "hdir"}]  # fmt: skip

    def run(self, rounds: int, only: str = "", keep: Callable[[list[Kill]], None] = lambda _kills: None) -> list[Kill]:
        """All cells of so many rounds, or those whose victim and point have ``only`` in them. ``keep`` is given what
        there is after each kill, so that a run that is stopped leaves what it has found."""
        for victim, point in cells(rounds):
            if only not in f"{victim} {point}":
                continue
            self.kills.append(self.one(victim, point))
            kill = self.kills[-1]
            said = "holds" if kill.holds else f"DOES NOT HOLD ({kill.times} times) {kill.faults}"
            self.say(f"{kill.number:3} {victim:9} {point:17} {'; '.join(kill.seen):24} {kill.seconds:5.1f} s  {said}")
            keep(self.kills)
        if self.kills:
            self.kills[-1].faults += invariants.verified()
        return self.kills

    # --- one kill ---

    def one(self, victim: str, point: str) -> Kill:
        """Bring a step to its point, kill, start again, and look."""
        step = point.partition(" ")[0]
        kill = Kill(len(self.kills) + 1, victim, step, point, points.POINTS[point].words)
        begin, before = time.monotonic(), self.stand.mail_twice()
        number = UNITS_2022[kill.number % len(UNITS_2022)]
        act, done = self._prepared(point, number)
        self._settle(kill, waited=False)
        had = self._times(point)
        points.arm(point)
        future = self.pool.submit(self._in_thread, act, done)
        self._kill_at(kill, future)
        kill.seen = future.result(PATIENCE)
        self._settle(kill)
        if victim in ("worker", "database"):
            self.may_twice += 1
        kill.times = self._times(point) - had
        kill.twice = self.stand.mail_twice() - before
        kill.faults += invariants.all_faults(self.stand.documents, self.stand.mail.seen, self.may_twice)
        if step == "build":
            kill.faults += invariants.verified()
        kill.seconds = round(time.monotonic() - begin, 1)
        return kill

    def _kill_at(self, kill: Kill, future: Future[list[str]]) -> None:
        """Kill when the point is reached, let the process that was held go on, and start the victim again."""

        def reached() -> bool:
            kill.restarted += self.stand.keep_up()
            return points.reached(kill.point)

        try:
            wait_until(reached, f"a process is at {kill.point}", 60)
        except TimeoutError as late:
            kill.faults.append(str(late))
        server = self.stand.victim(kill.victim)
        server.kill()
        connections.close_all()
        points.let_go(kill.point)
        time.sleep(0.4)  # so long it is gone, at least; the processes that live meet it gone
        server.again()

    def _in_thread(self, act: Callable[[], list[str]], done: Callable[[], bool]) -> list[str]:
        close_old_connections()
        try:
            return act()
        finally:
            connections.close_all()

    def _prepared(self, point: str, number: str) -> tuple[Callable[[], list[str]], Callable[[], bool]]:
        """What is done at this point, when everything is there that it needs."""
        people, step = self.people, point.partition(" ")[0]
        if step == "submit":
            people.be_editable(number)
            return self._pressed(f"editor-{number}", people.submit(number))
        if step == "approve":
            people.be_sent_in(number)
            return self._pressed(people.staff(number).username, people.approve(number))
        if step == "deliver":
            people.be_undelivered(number)
            return self._pressed(people.staff(number).username, people.deliver(number))
        if step == "build":
            had = self._times(point)
            return self._pressed("hdir", people.build(), lambda: self._times(point) > had)
        if point in ("send claimed", "send handed"):
            return lambda: [people.mail() or "queued"], lambda: True
        return self._pressed("hdir", people.send(people.be_approved_summary()))

    def _pressed(
        self, user: str, send: Callable[[Any], Any], done: Callable[[], bool] = lambda: False
    ) -> tuple[Callable[[], list[str]], Callable[[], bool]]:
        return lambda: persist(lambda: send(self.browsers[user]), done), done

    def _times(self, point: str) -> int:
        """How often the step has been taken so far."""
        if point in ("send claimed", "send handed"):
            return OutgoingMail.objects.filter(key__startswith="kill:", status="sent").count()
        kinds = {"deliver": "reporting.regionalreport", "build": "reporting.nationalsummary",
                 "send": "reporting.nationalsummary"}  # fmt: skip
        step = point.partition(" ")[0]
        rows = Event.objects.get_queryset().filter(object_type=kinds.get(step, "reporting.report"), name=NAMES[step])
        return int(rows.count())

    # --- until nothing is left to do ---

    def _settle(self, kill: Kill, *, waited: bool = True) -> None:
        """Wait until no job is left. What does not move any more waits for the sweep, which comes after minutes: they
        pass on the clock. What says that it failed, a person tries again, once each."""
        end, last, since = time.monotonic() + PATIENCE, None, time.monotonic()
        while (left := self._left()) and time.monotonic() < end:
            kill.restarted += self.stand.keep_up()
            if left != last or points.busy_processes() or self.stand.waiting_jobs():
                last, since = left, time.monotonic()
            elif time.monotonic() - since > QUIET:
                self.stand.pass_time(settings.JOB_STUCK_AFTER.total_seconds() + 10)
                kill.swept, since = kill.swept + 1, time.monotonic()
            time.sleep(0.1)
        if left:
            kill.faults.append(f"after {PATIENCE} seconds there is still to do: {left[:3]}")
        elif waited and self._try_again():
            kill.retried += 1
            if kill.retried < 3:
                self._settle(kill)

    def _left(self) -> list[tuple[str, int, str, int]]:
        documents = Document.objects.get_queryset().filter(status__in=("queued", "running"))
        mails = OutgoingMail.objects.exclude(status="sent")
        summaries = NationalSummary.objects.get_queryset().filter(status="building")
        fields = ("pk", "status", "attempts")
        return [
            (name, *row)
            for name, rows in (("document", documents), ("mail", mails), ("summary", summaries))
            for row in rows.order_by("pk").values_list(*fields)
        ]

    def _try_again(self) -> bool:
        """What has failed is tried again by a person; whether there was something."""
        hdir, found = self.people.user("hdir"), False
        for row in Document.objects.get_queryset().filter(status="failed"):
            actor = row.requested_by or hdir
            document_retry(document=row, actor=actor, now=self.people.now())
            found = True
        for row in NationalSummary.objects.get_queryset().filter(status="failed"):
            summary_retry(summary=row, actor=hdir, now=self.people.now())
            found = True
        return found
