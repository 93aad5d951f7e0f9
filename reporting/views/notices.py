"""Hdir's pages of the notices: the ledger, what a day would bring, and the texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from municipalities.forms import read_day
from municipalities.readings import read_logged
from municipalities.views import ScopedPage, ScopedView
from reform import clock
from reporting.forms_notices import NoticeTextForm
from reporting.models import Notice, NoticeText, Round
from reporting.notice_list import STATES, Query, counts, found, in_state, lines, rounds_of
from reporting.notice_words import AUDIENCES, PLACEHOLDERS, Words, fill, own_words, placeholders
from reporting.services.notice_day import notices_planned
from reporting.services.notice_message import Message, sample_values
from reporting.services.notice_texts import (
    notice_text_restore,
    notice_text_save,
    text_faults,
    texts_written,
    words_that_hold,
)

PER_PAGE = 50
JOB_HOUR = dt.time(7)
"""When the daily job runs (``settings.CELERY_BEAT_SCHEDULE``)."""
BETWEEN_PEOPLE = (Notice.Kind.MESSAGE, Notice.Kind.SECTION, Notice.Kind.SECTION_DONE)
STATE_WORDS = {
    "": gettext_lazy("All notices"),
    "sendt": pgettext_lazy("notices", "Sent"),
    "pa-vei": gettext_lazy("On their way"),
    "venter": gettext_lazy("Wait for the next message"),
    "feil": gettext_lazy("Could not be delivered"),
    "bortfalt": gettext_lazy("No longer so"),
}
STATE_TAGS = {
    "sendt": (pgettext_lazy("notices", "Sent"), "success"),
    "pa-vei": (gettext_lazy("On its way"), "info"),
    "venter": (gettext_lazy("Waits"), "neutral"),
    "feil": (gettext_lazy("Could not be delivered"), "danger"),
    "bortfalt": (gettext_lazy("No longer so"), "neutral"),
}


def round_title(round_: Round) -> str:
    """A round for a select: its day, and that it is only a test."""
    from municipalities.templatetags.portal import day

    words = _("Test round as of %(day)s") if round_.is_test else _("As of %(day)s")
    return words % {"day": day(round_.reference_date)}


class NoticeList(ScopedPage):
    """``/varsler/``: what was told to whom in a round."""

    right = "notice.edit"
    template_name = "reporting/notices/list.html"

    @cached_property
    def query(self) -> Query:
        return Query.read(self.request.GET.get)

    @cached_property
    def rounds(self) -> list[Round]:
        return rounds_of(self.rows(Round))

    @cached_property
    def round(self) -> Round | None:
        """The round that the address names, else the newest one that counts."""
        for row in self.rounds:
            if row.pk == self.query.round_id:
                return row
        return next((row for row in self.rounds if not row.is_test), self.rounds[0] if self.rounds else None)

    def url(self, **changes: str) -> str:
        query = self.query
        now = {"runde": str(self.round.pk) if self.round else "", "status": query.state, "varsel": query.kind,
               "sok": query.search, **changes}  # fmt: skip
        kept = {name: value for name, value in now.items() if value}
        return f"{reverse('notice_list')}?{urlencode(kept)}"

    def get_context(self) -> dict[str, Any]:
        common = {"query": self.query, "round": self.round}
        if self.round is None:
            return common
        read_logged(self.request, None, "contacts_read")
        rows = found(self.rows(Notice), self.query, self.round)
        sums = counts(rows)
        page = Paginator(in_state(rows, self.query.state), PER_PAGE).get_page(self.request.GET.get("side"))
        return {
            **common,
            "page": page,
            "lines": [
                (line, *STATE_TAGS[line.state]) for line in lines(list(page.object_list), self.round, self.today)
            ],
            "rounds": [(row.pk, round_title(row), row.pk == self.round.pk) for row in self.rounds],
            "kinds": [(value, label, value == self.query.kind) for value, label in Notice.Kind.choices],
            "states": [
                (STATE_WORDS[key], self.url(status=key), key == self.query.state, sums[key])
                for key in ("", *STATES)
                if sums[key] or not key or key == self.query.state
            ],
            "reset": self.url(status="", varsel="", sok=""),
        }


class NoticeDay(ScopedPage):
    """``/varsler/dag/``: what would be sent on a day, as things are now; nothing is written."""

    right = "notice.edit"
    template_name = "reporting/notices/day.html"

    def get_context(self) -> dict[str, Any]:
        typed = self.request.GET.get("dag", "").strip()[:40]
        day = read_day(" ".join(typed.casefold().split())) if typed else self.today
        fault = ""
        if day is None:
            fault = _("Write the date as day, month and year, for example 4.5.2022.")
        elif day < self.today:
            fault = _("That day is over. What was sent then stands in the list of what is sent.")
        day = self.today if fault or day is None else day
        now = self.now if day == self.today else dt.datetime.combine(day, JOB_HOUR, tzinfo=clock.OSLO)
        planned = notices_planned(now=now)
        read_logged(self.request, None, "contacts_read")
        rows = [(message, False, _shown(message)) for message in planned.messages]
        rows += [(message, True, _shown(message)) for message in planned.later]
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("side"))
        return {
            "day": day,
            "typed": typed,
            "fault": fault,
            "page": page,
            "rows": page.object_list,
            "count": len(planned.messages),
            "later": len(planned.later),
            "near": [self.today + dt.timedelta(days=count) for count in range(7)],
        }


@dataclass(frozen=True)
class TextLine:
    """A notice in the list of texts: its address's parts, what it is called, its subject, and who wrote it."""

    kind: str
    audience: str
    label: str
    subject: str
    row: NoticeText | None


class NoticeTexts(ScopedPage):
    """``/varsler/tekster/``: every notice and whose words it is in."""

    right = "notice.edit"
    template_name = "reporting/notices/texts.html"

    def get_context(self) -> dict[str, Any]:
        held = words_that_hold()
        written = texts_written()
        groups = []
        for audience, label in AUDIENCES.items():
            rows = [
                TextLine(kind, audience, str(Notice.Kind(kind).label), words[_language(self.request)].subject,
                         written.get((kind, audience)))
                for (kind, where), words in held.items()
                if where == audience
            ]  # fmt: skip
            groups.append((audience, label, rows))
        return {"groups": groups}


class NoticeTextEdit(ScopedView):
    """``/varsler/tekster/<audience>/<kind>/``: the words in both languages, with a preview before they hold."""

    right = "notice.edit"

    @cached_property
    def place(self) -> tuple[str, str]:
        """The notice that the address names. Raises Http404."""
        place = self.kwargs["kind"], self.kwargs["audience"]
        if place not in own_words():
            raise Http404
        return place

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(NoticeTextForm.of(words_that_hold()[self.place]))

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, audience = self.place
        how = {"kind": kind, "audience": audience, "actor": request.user, "now": self.now}
        if request.POST.get("hva") == "portalens":
            notice_text_restore(**how, request_id=request.request_id)
            messages.success(request, _("The portal's own words hold again."))
            return redirect("notice_text", audience=audience, kind=kind)
        form = NoticeTextForm(request.POST)
        form.add_faults(text_faults(kind=kind, audience=audience, words=form.typed))
        if form.errors or request.POST.get("hva") == "vis":
            return self._page(form, status=422 if form.errors else 200)
        saved = notice_text_save(**how, words=form.words, request_id=request.request_id)
        said = _("The text is saved. It holds from the next message on.") if saved else _("Nothing was changed.")
        messages.success(request, said)
        return redirect("notice_text", audience=audience, kind=kind)

    def _page(self, form: NoticeTextForm, status: int = 200) -> HttpResponse:
        kind, audience = self.place
        fields = {
            "nb": ("Bokmål", form["nb_subject"], form["nb_body"]),
            "nn": ("Nynorsk", form["nn_subject"], form["nn_body"]),
        }
        context = {
            "form": form,
            "kind": kind,
            "audience": audience,
            "label": str(Notice.Kind(kind).label),
            "to": AUDIENCES[audience],
            "languages": [
                (language, name, subject, body, preview(kind, audience, language, form.typed[language], self.today))
                for language, (name, subject, body) in fields.items()
            ],
            "known": [(name, PLACEHOLDERS[name]) for name in placeholders(kind, audience)],
            "written": texts_written().get(self.place),
        }
        return self.render("reporting/notices/text.html", context, status=status)


def _shown(message: Message) -> list[tuple[str, str]]:
    """The parts of a message for Hdir: subject and text, the text empty where people wrote to each other
    (``ReportMessage.visible_in``: the talk about a report is the municipality's and its statsforvalter's)."""
    return [(part.subject, "" if part.notice.kind in BETWEEN_PEOPLE else part.text) for part in message.parts]


def preview(kind: str, audience: str, language: str, words: Words, today: dt.date) -> Words:
    """Words filled in with a made-up municipality, as they would stand in a mail."""
    values = sample_values(kind, audience, language, today)
    body = fill(words.body, values)
    link = values["lenke"]
    return Words(" ".join(fill(words.subject, values).split()), body if link in body else f"{body}\n{link}")


def _language(request: Any) -> str:
    return "nn" if str(request.LANGUAGE_CODE).startswith("nn") else "nb"
