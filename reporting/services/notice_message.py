"""From ledger rows to the text of a mail: all that one person is told on one day stands in one message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.mail import absolute_url
from municipalities.models import OfficeName, User
from municipalities.querysets import valid_on
from municipalities.services import unit_names
from reporting.models import Notice, Report
from reporting.notice_words import LANGUAGES, Words, fill
from reporting.services.notice_texts import Held, words_that_hold
from reporting.timing import deadline_of, open_until

log = structlog.get_logger("portal.notices")

_Kind = Notice.Kind
_HDIR, _OFFICE = (_Kind.DELIVERED,), (_Kind.REGION_RETURNED, _Kind.ACCEPTED)


@dataclass(frozen=True)
class Part:
    """One notice in words: its subject, its text with the address, and the ledger row behind."""

    subject: str
    text: str
    notice: Notice


@dataclass(frozen=True)
class Message:
    """A whole mail to one person, in ``language``."""

    user: User
    language: str
    subject: str
    body: str
    parts: tuple[Part, ...]


def audience_of(notice: Notice) -> str:
    """Whose words a notice is in: what was said when it was written, else what its kind says."""
    said = notice.facts.get("audience")
    if said:
        return str(said)
    if notice.kind in _HDIR:
        return "hdir"
    return "office" if notice.kind in _OFFICE else "municipality"


def language_of(notice: Notice) -> str:
    """The language that the municipality has chosen for its notices, else the receiver's own."""
    chosen = ""
    if notice.report is not None and audience_of(notice) in ("municipality", "correction"):
        chosen = notice.report.municipality.notice_language
    wanted = chosen or notice.user.language
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def deadline_for(notice: Notice) -> dt.date:
    """The deadline that holds for the receiver now, which may have moved since the notice was written."""
    audience, round_, report = audience_of(notice), notice.round, notice.report
    if audience == "office":
        return round_.office_deadline
    if audience == "hdir":
        return round_.hdir_deadline
    extended = report.extended_to if report is not None else None
    if audience == "correction":
        return open_until(round_, Report.Status.RETURNED, extended)
    return deadline_of(round_, extended)


class Wording:
    """What is needed to put notices into words, read once for all of them."""

    def __init__(self, notices: Iterable[Notice], *, today: dt.date, held: Held | None = None) -> None:
        """Reads the words, the offices' names and the units' names: a query each, and one more for each further
        reference date. ``notices`` come with their user, round, report (and its municipality) and regional report."""
        self.today = today
        self.held = words_that_hold() if held is None else held
        self._offices = {row.office_id: row for row in OfficeName.objects.filter(valid_on(today))}
        units: dict[dt.date, set[int]] = {}
        for notice in notices:
            if notice.report is not None:
                units.setdefault(notice.round.reference_date, set()).add(notice.report.municipality_id)
        self._units = {day: unit_names(pks, day) for day, pks in units.items()}

    def part(self, notice: Notice, language: str, words: Words | None = None) -> Part:
        """One notice in ``language``; ``words`` instead of those that hold, for a preview."""
        if words is None:
            kind, audience = notice.kind, audience_of(notice)
            words = (self.held.get((kind, audience)) or self.held[kind, _any_audience(self.held, kind)])[language]
        with translation.override(language):
            values = self.values(notice, language)
            subject, text = " ".join(fill(words.subject, values).split()), fill(words.body, values)
            if notice.round.is_test:
                subject = _("Test round: %(subject)s") % {"subject": subject}
        link = values["lenke"]
        return Part(subject, text if link in text else f"{text}\n{link}", notice)

    def message_if_possible(self, user: User, notices: Sequence[Notice]) -> Message | None:
        """``message`` of those that can be put into words, None without any. The others are logged and wait: they
        stop neither this person's message nor anybody else's."""
        possible = [row for row in notices if self._has_words(row)]
        return self.message(user, possible) if possible else None

    def _has_words(self, notice: Notice) -> bool:
        try:
            self.part(notice, language_of(notice))
        except Exception:
            log.exception("a notice cannot be put into words", notice=notice.pk)
            return False
        return True

    def message(self, user: User, notices: Sequence[Notice]) -> Message:
        """The mail that tells ``user`` all of ``notices`` (at least one), the most pressing first."""
        ordered = sorted(notices, key=lambda row: (_PRESSING.get(row.kind, 0), row.pk or 0))
        language = language_of(ordered[0])
        parts = tuple(self.part(notice, language) for notice in ordered)
        with translation.override(language):
            subject, more = parts[0].subject, len(parts) - 1
            if more:
                subject = ngettext("%(subject)s, and %(count)s more", "%(subject)s, and %(count)s more", more) % {
                    "subject": subject,
                    "count": more,
                }
            body = render_to_string(
                "emails/notices.txt", {"user": user, "site": absolute_url("/"), "parts": parts, "several": bool(more)}
            )
        return Message(user, language, subject, body.strip() + "\n", parts)

    def values(self, notice: Notice, language: str) -> dict[str, str]:
        """What is filled in for the words in braces; to be called with ``language`` in use."""
        facts, report = notice.facts, notice.report
        deadline = deadline_for(notice)
        return {
            "enhet": self.unit(notice, language),
            "dato": date_format(notice.round.reference_date, "j. F Y"),
            "frist": date_format(deadline, "l j. F Y"),
            "tid": time_left((deadline - self.today).days),
            "embete": self._office(report.office_id if report else facts.get("office"), language),
            "lenke": absolute_url(path_of(notice)),
            "antall": str(facts.get("count", "")),
            "kommentar": _comment(facts, language),
            "avsender": str(facts.get("by") or _("Somebody")),
            "del": _in(facts.get("section", ""), language),
        }

    def unit(self, notice: Notice, language: str) -> str:
        """What a notice is about: the unit's name on the reference date, or the office's of today."""
        if notice.report is not None:
            named = self._units.get(notice.round.reference_date, {}).get(notice.report.municipality_id)
            return named.display_name if named else ""
        office = notice.regional.office_id if notice.regional is not None else notice.facts.get("office")
        return self._office(office, language)

    def _office(self, office_id: int | None, language: str) -> str:
        row = self._offices.get(office_id) if office_id else None
        return str(getattr(row, f"name_{language}")) if row is not None else ""


_PRESSING = {
    kind: place
    for place, kind in enumerate(
        (_Kind.LAST_DAY, _Kind.OVERDUE, _Kind.THREE_DAYS, _Kind.RETURNED, _Kind.REGION_RETURNED, _Kind.REOPENED,
         _Kind.EXTENDED, _Kind.TWO_WEEKS, _Kind.OPENED, _Kind.SECTION, _Kind.MESSAGE, _Kind.FORM_CHANGED,
         _Kind.SECTION_DONE, _Kind.DELIVERED, _Kind.APPROVED, _Kind.ACCEPTED, _Kind.FIGURES_OPEN)
    )
}  # fmt: skip


def time_left(days: int) -> str:
    """How long a deadline is away, in the language in use: "12 days left", "today", "3 days past the deadline"."""
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
    return ngettext("%(count)s day past the deadline", "%(count)s days past the deadline", -days) % {"count": -days}


_PAGES = {_Kind.APPROVED: "report_detail", _Kind.FIGURES_OPEN: "report_results"}
"""The municipality's page of a report, where it is another than the form."""


def path_of(notice: Notice) -> str:
    """The page that a notice leads to: what was said when it was written, else where its receiver's work is."""
    if said := notice.facts.get("path"):
        return str(said)
    audience = audience_of(notice)
    if notice.report_id is not None:
        if audience == "office":
            return reverse("report_review", args=[notice.report_id])
        return reverse(_PAGES.get(_Kind(notice.kind), "report_form"), args=[notice.report_id])
    return reverse("work_list" if audience == "office" else "national_status" if audience == "hdir" else "home")


def _any_audience(held: Held, kind: str) -> str:
    return next(audience for known, audience in held if known == kind)


def _comment(facts: Mapping[str, Any], language: str) -> str:
    """What was written about the whole, and then at single questions under their names."""
    lines = [_in(facts.get("comment", ""), language).strip()]
    for entry in facts.get("comments", ()):
        name = _in(entry.get("question", ""), language)
        lines.append(f"{name}:\n{entry['text']}" if name else str(entry["text"]))
    return "\n\n".join(line for line in lines if line)


def _in(text: Any, language: str) -> str:
    """A text, or that of a language where it is given in both."""
    return str(text.get(language) or text.get(LANGUAGES[0]) or "") if isinstance(text, Mapping) else str(text or "")


def sample_values(kind: str, audience: str, language: str, today: dt.date) -> dict[str, str]:
    """What is filled in for a preview: a made-up receiver, and a deadline as far away as the notice is sent before
    it. No query."""
    days = {_Kind.TWO_WEEKS: 14, _Kind.THREE_DAYS: 3, _Kind.LAST_DAY: 0, _Kind.OVERDUE: -1}.get(_Kind(kind), 20)
    deadline = today + dt.timedelta(days=days)
    reported = dt.date(today.year, 5, 1) if today.month < 9 else dt.date(today.year, 11, 1)
    regional = audience in ("office", "hdir") and kind != _Kind.MESSAGE
    with translation.override(language):
        office = {"nn": "Statsforvaltaren i Prøvefylket"}.get(language, "Statsforvalteren i Prøvefylket")
        return {
            "enhet": office if regional else "Prøvekommune",
            "dato": date_format(reported, "j. F Y"),
            "frist": date_format(deadline, "l j. F Y"),
            "tid": time_left(days),
            "embete": office,
            "lenke": absolute_url("/rapport/123/"),
            "antall": "4",
            "kommentar": _("Here stands what was written."),
            "avsender": "Kari Nordmann",
            "del": _("Plans"),
        }
