"""A hundred people at once for a minute: each chooses by her role, again and again, over HTTP and against the others.
The choices come from a seed; who is first does not."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.urls import reverse

from municipalities.models import Event, Membership, Role, User
from reporting.models import Document, Report, Submission
from tests.kill import invariants
from tests.kill.people import UNITS_2022, People, browser
from tests.kill.servers import wait_until
from tests.kill.stand import Stand
from tests.reporting.factories import SPRING
from tests.world import FIRST, OFFICES, UNITS

SHARES = (("editor", 60), ("reader", 8), ("statsforvalter", 20), ("hdir", 6), ("ks", 3), ("hod", 3))
"""How many of a hundred are of each role."""

FIELDS = ("comment", "result.example", "plan.case")
VERSION = re.compile(r'name="draft_version" value="(\d+)"')
SETTLED = 240  # seconds


def word_of(number: str) -> str:
    """A word that only those who may read this unit's answers may ever see."""
    return f"ord{number}zq"


WORD = re.compile(r"ord(\d{4,6})zq")


@dataclass
class Person:
    """One of the crowd: who she is, where, whose words she may see, and her browser."""

    user: User
    role: str
    place: str
    sees: frozenset[str]
    web: httpx.Client
    choice: random.Random
    revs: dict[str, int] = field(default_factory=dict)


@dataclass
class Seen:
    """One answer: to which action, with what status, after how many milliseconds."""

    action: str
    status: int
    milliseconds: float


class Crowd:
    """The crowd on a stand."""

    def __init__(self, stand: Stand, *, people: int, seed: int, say: Callable[[str], None]) -> None:
        self.stand, self.seed, self.say = stand, seed, say
        self.small = People(stand)
        self.reports = {number: self.small.be_editable(number).pk for number in UNITS_2022}
        for number in UNITS_2022[:3]:
            self.small.be_sent_in(number)
        for number in UNITS_2022:
            self.small.be_undelivered(number)
        self.crowd = self._make(people)
        self.answers: list[Seen] = []
        self.leaks: list[str] = []
        self.broken: list[str] = []
        self.lock = threading.Lock()

    def _make(self, people: int) -> list[Person]:
        found: list[Person] = []
        for role, share in SHARES:
            for index in range(max(1, round(share * people / 100))):
                found.append(self._person(role, index))
        return found[:people]

    def _person(self, role: str, index: int) -> Person:
        world = self.small.world
        number = UNITS_2022[index % len(UNITS_2022)]
        office = list(OFFICES)[index % len(OFFICES)]
        user = User.objects.create(
            username=f"crowd-{role}-{index}", email=f"crowd-{role}-{index}@example.org", first_name=role.title(),
            last_name=f"Nr. {index}",
        )  # fmt: skip
        where: dict[str, Any] = {}
        place, sees = "", frozenset(UNITS_2022)
        if role in ("editor", "reader"):
            where, place = {"municipality": world.unit(number)}, number
            sees = frozenset(other for other in UNITS_2022 if other.startswith(number))  # Oslo reads of its districts
        elif role in ("statsforvalter", "ks"):
            where, place = {"office": world.office(office)}, office
            sees = frozenset(other for other in UNITS_2022 if UNITS[other][0] == office)
        code = {"editor": Role.MUNICIPALITY_EDITOR, "reader": Role.MUNICIPALITY_READER}.get(role) or Role(role)
        Membership.objects.create(user=user, role=code, valid_from=FIRST, **where)
        choice = random.Random(f"{self.seed} {user.username}")
        return Person(user, role, place, sees, browser(self.stand.url, user), choice)

    # --- the minute ---

    def run(self, seconds: float) -> dict[str, Any]:
        """Let all act for so long, wait until every job is done, and look."""
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=self._live, args=(one, end), daemon=True) for one in self.crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + 120)
        faults = [] if not any(thread.is_alive() for thread in threads) else ["somebody still waits for an answer"]
        try:
            wait_until(lambda: not invariants.jobs() and not self._mails(), "every job and mail is done", SETTLED)
        except TimeoutError as late:
            faults.append(str(late))
        faults += invariants.all_faults(self.stand.documents, self.stand.mail.seen)
        return self._told(seconds, faults)

    def _mails(self) -> list[str]:
        return [fault for fault in invariants.mails(self.stand.mail.seen) if fault.startswith("mail ")]

    def _live(self, one: Person, end: float) -> None:
        acts = ACTS[one.role]
        time.sleep(one.choice.random())
        while time.monotonic() < end:
            act = one.choice.choices([act for act, _weight in acts], [weight for _act, weight in acts])[0]
            try:
                act(self, one)
            except httpx.TransportError as error:
                with self.lock:
                    self.broken.append(f"{act.__name__}: {type(error).__name__}")
            time.sleep(one.choice.random() * 0.3)

    def ask(self, one: Person, action: str, method: str, address: str, **more: Any) -> httpx.Response:
        """One request, noted with its answer; the answer is searched for words of other units."""
        begin = time.monotonic()
        answer = one.web.request(method, address, follow_redirects=method == "GET", **more)
        spent = (time.monotonic() - begin) * 1000
        foreign = set(WORD.findall(answer.text)) - one.sees if one.role not in ("hdir", "hod") else set()
        with self.lock:
            self.answers.append(Seen(action, answer.status_code, spent))
            if foreign:
                self.leaks.append(f"{one.user.username} met words of {sorted(foreign)} at {action}")
        return answer

    def _told(self, seconds: float, faults: list[str]) -> dict[str, Any]:
        times: dict[str, list[float]] = defaultdict(list)
        statuses: dict[str, Counter[str]] = defaultdict(Counter)
        for seen in self.answers:
            times[seen.action].append(seen.milliseconds)
            statuses[seen.action][str(seen.status)] += 1
        return {
            "people": len(self.crowd), "for_seconds": seconds, "seed": self.seed, "requests": len(self.answers),
            "p95_milliseconds": p95([seen.milliseconds for seen in self.answers]),
            "actions": {
                name: {"requests": len(times[name]), "p95_milliseconds": p95(times[name]),
                       "answers": dict(sorted(statuses[name].items()))}
                for name in sorted(times)
            },
            "server_errors": sorted(f"{seen.action}: {seen.status}" for seen in self.answers if seen.status >= 500),
            "broken": sorted(self.broken), "leaks": sorted(set(self.leaks)), "faults": faults,
            "submissions": Submission.objects.get_queryset().count(), "mails": sum(self.stand.mail.seen.values()),
            "steps": dict(Counter(Event.objects.get_queryset().values_list("name", flat=True))),
            "states": dict(Counter(Report.objects.get_queryset().values_list("status", flat=True))),
        }  # fmt: skip


def p95(values: list[float]) -> int:
    """The time within which 95 of 100 answers came; 0 of none."""
    return round(sorted(values)[int(len(values) * 0.95)]) if values else 0


# --- what each may choose --------------------------------------------------------------------------


def look(name: str, *args: Any) -> Callable[[Crowd, Person], None]:
    """Open a page that has no address of one's own."""

    def act(crowd: Crowd, one: Person) -> None:
        crowd.ask(one, f"open {name}", "GET", reverse(name, args=args))

    return act


def mine(crowd: Crowd, one: Person) -> int:
    """The report of one's own unit, or one of one's own region, or any."""
    own = [one.place] if one.place in crowd.reports else sorted(one.sees)
    return crowd.reports[one.choice.choice(own)]


def own_word(crowd: Crowd, pk: int) -> str:
    number = next(number for number, report in crowd.reports.items() if report == pk)
    return word_of(number)


def form(crowd: Crowd, one: Person) -> None:
    crowd.ask(one, "open the form", "GET", reverse("report_form", args=[mine(crowd, one)]))


def save(crowd: Crowd, one: Person) -> None:
    """Save one field with the revision that was last seen: it is an old one where a colleague was quicker."""
    pk, key = mine(crowd, one), one.choice.choice(FIELDS)
    data = {"key": key, "value": f"{own_word(crowd, pk)} {one.choice.randrange(1000)}", "rev": one.revs.get(key, 0)}
    address = reverse("report_save", args=[pk])
    answer = crowd.ask(one, "save a field", "POST", address, json=data, headers={"Accept": "application/json"})
    told = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    if isinstance(told.get("rev"), int):
        one.revs[key] = told["rev"]


def submit(crowd: Crowd, one: Person) -> None:
    pk = mine(crowd, one)
    page = crowd.ask(one, "look the answers over", "GET", reverse("report_summary", args=[pk]))
    if found := VERSION.search(page.text):
        crowd.ask(one, "send in", "POST", reverse("report_submit", args=[pk]), data={"draft_version": found[1]})


def message(crowd: Crowd, one: Person) -> None:
    pk = mine(crowd, one)
    crowd.ask(one, "write a message", "POST", reverse("report_message", args=[pk]), data={"text": own_word(crowd, pk)})


def receipt(crowd: Crowd, one: Person) -> None:
    crowd.ask(one, "open the receipt", "GET", reverse("report_receipt", args=[mine(crowd, one)]))


def download(crowd: Crowd, one: Person) -> None:
    """Any receipt, one's own or not: the portal tells which."""
    pk = (
        Document.objects.get_queryset().filter(kind="receipt", status="done").order_by("?").values_list("pk", flat=True)
    )
    if (found := pk.first()) is not None:
        crowd.ask(one, "download a receipt", "GET", reverse("document_download", args=[found]))


def other(crowd: Crowd, one: Person) -> None:
    """A report that may be another's."""
    pk = one.choice.choice(list(crowd.reports.values()))
    crowd.ask(one, "open any report", "GET", reverse("report_detail", args=[pk]))


def language(crowd: Crowd, one: Person) -> None:
    data = {"language": one.choice.choice(("nb", "nn")), "next": "/"}
    crowd.ask(one, "switch the language", "POST", reverse("language_choose"), data=data)


def review(crowd: Crowd, one: Person) -> None:
    crowd.ask(one, "open the review", "GET", reverse("report_review", args=[mine(crowd, one)]))


def _press(name: str, **words: str) -> Callable[[Crowd, Person], None]:
    def act(crowd: Crowd, one: Person) -> None:
        pk = mine(crowd, one)
        number = Submission.objects.get_queryset().filter(report=pk).count()
        crowd.ask(one, name, "POST", reverse(name, args=[pk]), data={"submission": str(number), **words})

    return act


def deliver(crowd: Crowd, one: Person) -> None:
    reasons = {f"reason:{pk}": "Ny leder." for pk in crowd.reports.values()}
    address = reverse("regional_report", args=[one.place, SPRING.isoformat()])
    crowd.ask(one, "deliver the region", "POST", address, data={"hva": "lever", **reasons})


def judge(crowd: Crowd, one: Person) -> None:
    address = reverse("regional_judge", args=[one.choice.choice(list(OFFICES)), SPRING.isoformat()])
    what = one.choice.choice(("godta", "returner", "returner"))
    crowd.ask(one, "judge a region", "POST", address, data={"hva": what, "note": "Skriv mer."})


ACTS: dict[str, list[tuple[Callable[[Crowd, Person], None], int]]] = {
    "editor": [(form, 4), (save, 8), (submit, 3), (message, 1), (receipt, 1), (download, 1), (other, 2), (language, 1),
               (look("municipality_home"), 2)],
    "reader": [(look("municipality_home"), 3), (other, 3), (download, 1), (language, 1)],
    "statsforvalter": [(look("work_list"), 2), (review, 3), (_press("report_approve"), 3),
                       (_press("report_return", text="Skriv datoen."), 2),
                       (_press("report_comment", question="plan.status", text="Når?"), 2),
                       (_press("report_reopen", text="Vedtaket er gjort om."), 3),
                       (_press("report_on_behalf", text="Ingen kontakt."), 1), (deliver, 1), (other, 1)],
    "hdir": [(look("national_status"), 2), (look("report_list"), 1), (judge, 4), (other, 1)],
    "ks": [(look("round_status"), 2), (look("municipality_list"), 2), (other, 1)],
    "hod": [(look("summary_list"), 2), (look("round_status"), 1), (other, 1)],
}  # fmt: skip
