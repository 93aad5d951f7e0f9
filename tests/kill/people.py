"""The people of a stand, and what they do in it: each step of a report, of a region and of a summary over HTTP, and
what must be there before."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable
from typing import Any

import httpx
from django.conf import settings
from django.test import Client
from django.urls import reverse

from municipalities.mail import mail_queue
from municipalities.models import User
from reform.models import Solution
from reporting.models import NationalSummary, RegionalReport, Report, Round
from reporting.services import regional as regions
from reporting.services.drafts import draft_open, draft_save_many
from reporting.services.reopening import report_reopen
from reporting.services.submissions import submission_submit
from reporting.services.summary_files import missing_files
from reporting.services.summary_steps import summary_approve
from tests.kill.servers import wait_until
from tests.kill.stand import Stand
from tests.reporting.factories import SPRING, answers, items, open_round
from tests.world import UNITS, UNITS_2022, World, build_world

CSRF = "k" * 32
TRIES = 150  # seconds for which a person tries again


def every_answer() -> list[tuple[str, Any, int | None]]:
    """Answers to the whole form that raise no finding."""
    return items(answers(solutions={row.code: "in_place" for row in Solution.objects.all()}))


def session_of(user: User) -> str:
    """The key of a session in which ``user`` is signed in. How one signs in is tested elsewhere."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser(url: str, user: User) -> httpx.Client:
    """A browser in which ``user`` is signed in."""
    cookies = {settings.SESSION_COOKIE_NAME: session_of(user), settings.CSRF_COOKIE_NAME: CSRF}
    headers = {"X-CSRFToken": CSRF, "Accept": "text/html"}
    return httpx.Client(base_url=url, cookies=cookies, headers=headers, timeout=120, trust_env=False)


def persist(send: Callable[[], httpx.Response], done: Callable[[], bool] = lambda: False) -> list[str]:
    """What a person sees who tries again until she has an answer: each answer, or that none came. Ends with one that is
    neither 503 nor 500, or when ``done`` says that she finds it done."""
    seen: list[str] = []
    end = time.monotonic() + TRIES
    while time.monotonic() < end:
        try:
            said = str(send().status_code)
        except httpx.TransportError:
            said = "no answer"
        if not seen or seen[-1] != said:
            seen.append(said)
        if said not in ("no answer", "500", "502", "503"):
            return seen
        time.sleep(0.3)
        try:
            if done():
                return [*seen, "found done"]
        except Exception:
            continue
    return [*seen, "gave up"]


class People:
    """The small world of the tests, in a round that is open."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.world: World = build_world()
        self.round: Round = open_round(SPRING)
        self.counter = itertools.count(1)

    def now(self) -> dt.datetime:
        return self.stand.now()

    def user(self, name: str) -> User:
        return self.world.user(name)

    def report(self, number: str) -> Report:
        rows = every_report().select_related("round__form_version", "municipality", "current__form_version")
        return rows.get(round=self.round, municipality=self.world.unit(number))  # type: ignore[no-any-return]

    def region(self, number: str) -> RegionalReport:
        office = self.world.office(UNITS[number][0])
        return regions.regional_open(round_=self.round, office=office, now=self.now())

    def staff(self, number: str) -> User:
        return self.user(f"statsforvalter-{UNITS[number][0]}")

    # --- what must be there before ---

    def be_editable(self, number: str) -> Report:
        """The unit's report can be sent in, with every answer in its draft."""
        report = self.report(number)
        if report.status == Report.Status.SUBMITTED:
            self.approve_here(report, number)
        if report.status == Report.Status.APPROVED:
            self.be_undelivered(number)
            report_reopen(report=report, actor=self.staff(number), now=self.now(), note="Se på vedtaket igjen.")
        editor = self.user(f"editor-{number}")
        draft_open(report=report, actor=editor, now=self.now())
        draft_save_many(report=report, items=every_answer(), actor=editor, now=self.now())
        return self.report(number)

    def approve_here(self, report: Report, number: str) -> None:
        from reporting.services.submissions import submission_approve

        submission_approve(report=report, actor=self.staff(number), now=self.now())

    def be_sent_in(self, number: str) -> Report:
        if self.report(number).status != Report.Status.SUBMITTED:
            report = self.be_editable(number)
            submission_submit(report=report, actor=self.user(f"editor-{number}"), now=self.now())
        return self.report(number)

    def be_undelivered(self, number: str) -> RegionalReport:
        """The region's report is the statsforvalter's, with all that a delivery needs."""
        region = self.region(number)
        if region.status not in regions.EDITABLE:
            regions.regional_return(regional=region, actor=self.user("hdir"), now=self.now(), note="Skriv mer.")
        questions = regions.regional_spec(region, now=self.now()).questions()
        given = [(one.code, one.option_keys[0] if one.option_keys else "Godt i gang.", None) for one in questions]
        reasons = {one.report: "Ny kommunedirektør." for one in regions.missing_of(region)}
        regions.regional_save(
            regional=region, items=given, reasons=reasons, actor=self.staff(number), now=self.now()
        )  # fmt: skip
        return self.region(number)

    def be_approved_summary(self) -> NationalSummary:
        """A made summary that is approved, with all its files."""
        rows = NationalSummary.objects.get_queryset().filter(round=self.round)
        summary: NationalSummary = rows.filter(status__in=("ready", "approved")).order_by("-version").first()
        if summary.status == "ready":
            summary_approve(summary=summary, actor=self.user("hdir"), now=self.now(), change_note="Nye rapporter.")
        wait_until(lambda: not missing_files(summary), "the files of the summary are there")
        return summary

    # --- what people do ---

    def submit(self, number: str) -> Callable[[httpx.Client], httpx.Response]:
        report = self.report(number)
        data = {"draft_version": str(report.draft_version)}
        return lambda browser: browser.post(reverse("report_submit", args=[report.pk]), data=data)

    def approve(self, number: str) -> Callable[[httpx.Client], httpx.Response]:
        report = self.report(number)
        data = {"submission": str(report.current.number)}  # type: ignore[union-attr]
        return lambda browser: browser.post(reverse("report_approve", args=[report.pk]), data=data)

    def deliver(self, number: str) -> Callable[[httpx.Client], httpx.Response]:
        address = reverse("regional_report", args=[UNITS[number][0], SPRING.isoformat()])
        return lambda browser: browser.post(address, data={"hva": "lever"})

    def build(self) -> Callable[[httpx.Client], httpx.Response]:
        return lambda browser: browser.post(reverse("summary_start", args=[self.round.pk]))

    def send(self, summary: NationalSummary) -> Callable[[httpx.Client], httpx.Response]:
        data = {"sent_on": f"{self.now():%d.%m.%Y}", "case": f"22/{next(self.counter)}"}
        return lambda browser: browser.post(reverse("summary_send", args=[summary.pk]), data=data)

    def mail(self) -> None:
        """A mail is queued, as a service does it."""
        number = next(self.counter)
        mail_queue(
            key=f"kill:{number}", user=self.user("hdir"), subject=f"Prøve {number}", body="Hei.\n", now=self.now()
        )  # fmt: skip


def every_report() -> Any:
    return Report.objects.get_queryset()


__all__ = ["CSRF", "UNITS_2022", "People", "browser", "every_answer", "persist", "session_of"]
