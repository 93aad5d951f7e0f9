"""What if: Hdir tries other criteria or another day, and sees who would fall in or out. Nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from grants import words
from grants.services import priority
from grants.services.what_if import Moved, what_if
from grants.views.priority_base import OfYear
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.templatetags.portal import day as day_words
from reporting.register_day import read_day

ASKED, CRITERION, TRIED_DAY = "prov", "kriterium", "prov_dag"


@dataclass(frozen=True)
class Try:
    """What is tried: the criteria that are left, and for each criterion what it is asked to accept."""

    left: frozenset[str]
    accepts: Mapping[str, Mapping[str, bool]]

    @classmethod
    def read(cls, get: Callable[[str], Sequence[str]], criteria: Sequence[priority.CriterionRow]) -> Try:
        """From the address; the year's own where the form was not sent. A setting is ``code.key`` in the address."""
        switches = {row.code: [key for key in row.settings if key in words.ACCEPTS] for row in criteria}
        if not get(ASKED):
            own = {row.code: {key: bool(row.settings[key]) for key in switches[row.code]} for row in criteria}
            return cls(frozenset(row.code for row in criteria), own)
        chosen = set(get(CRITERION))
        return cls(
            frozenset(row.code for row in criteria if row.code in chosen),
            {code: {key: bool(get(f"{code}.{key}")) for key in keys} for code, keys in switches.items()},
        )


class WhatIfPage(OfYear):
    """``/tilskudd/2021/prioritet/hva-om/``: the form is a GET, so that what was tried has an address."""

    right = "priority.decide"
    template_name = "grants/what_if.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.tried = Try.read(request.GET.getlist, self.criteria)
        self.tried_day, self.tried_error = self._tried_day()
        fault = "" if self.tried.left else _("Leave at least one criterion.")
        found = None
        if not fault:
            found = what_if(
                self.year, self.day, settings=self.tried.accepts, tried_day=self.tried_day, scope=self.scope,
                without=[row.code for row in self.criteria if row.code not in self.tried.left],
            )  # fmt: skip
        style = request.GET.get("format", "")
        if found is not None and style in FORMATS:
            return table_response(self._table(found.moved), style, f"hva-om-{self.year}-{self.day.isoformat()}")
        moved = found.moved if found else ()
        file_address = request.GET.copy()
        context = {
            "year": self.year,
            "list_title": _("Priority list %(year)s") % {"year": self.year},
            "list_address": reverse("priority_list", args=[self.year]),
            "day": self.day,
            "day_error": self.asked_day[1],
            "day_text": request.GET.get("dag", "")[:40],
            "tried_day": self.tried_day,
            "tried_error": self.tried_error,
            "tried_text": request.GET.get(TRIED_DAY, "")[:40],
            "fault": fault,
            "choices": self._choices(),
            "found": found,
            "falls_in": [self._shown(entry) for entry in moved if entry.falls_in],
            "falls_out": [self._shown(entry) for entry in moved if not entry.falls_in],
            "changed": self._is_changed(),
            "files": [(style, self._file(file_address, style)) for style in FORMATS],
        }
        return self.render(self.template_name, context, status=422 if fault else 200)

    def _tried_day(self) -> tuple[dt.date, str]:
        """The other day; the first one where none is written."""
        text = " ".join(self.request.GET.get(TRIED_DAY, "").split())[:40]
        if not text:
            return self.day, ""
        return read_day(text, self.today)

    def _is_changed(self) -> bool:
        """Whether anything else than the year's own is tried."""
        return self.tried != Try.read(lambda name: (), self.criteria) or self.tried_day != self.day

    def _choices(self) -> list[dict[str, Any]]:
        return [
            {
                "head": head,
                "on": head.code in self.tried.left,
                "accepts": [
                    (f"{head.code}.{key}", words.ACCEPTS[key], on) for key, on in self.tried.accepts[head.code].items()
                ],
            }
            for head in self.heads
        ]

    def _shown(self, entry: Moved) -> dict[str, Any]:
        line = entry.shown
        return {
            "line": line,
            "url": self.unit_url(line.unit),
            "codes": [str(words.SHORT[code]) for code in entry.codes],
            "missing": entry.after.missing if entry.after else "",
            "gone": entry.after is None,
        }

    def _file(self, address: Any, style: str) -> str:
        address["format"] = style
        return f"{self.request.path}?{address.urlencode()}"

    def _table(self, moved: Sequence[Moved]) -> ListTable:
        heads = [
            _("Number"), _("Name"), _("Office"), _("In or out"), _("Criteria with another outcome"),
            _("What is missing"), _("As of"), _("Tried as of"),
        ]  # fmt: skip
        rows = [
            [
                entry.shown.number, entry.shown.name, entry.shown.office_name,
                _("falls in") if entry.falls_in else _("falls out"),
                ", ".join(str(words.SHORT[code]) for code in entry.codes), entry.after.missing if entry.after else "",
                self.day, self.tried_day,
            ]
            for entry in moved
        ]  # fmt: skip
        facts = [(_("As of"), day_words(self.day)), (_("Tried as of"), day_words(self.tried_day))]
        for choice in self._choices():
            said = [str(text) for _name, text, on in choice["accepts"] if on] if choice["on"] else [_("left out")]
            facts.append((choice["head"].short, ", ".join(said) or _("as it is")))
        return ListTable(_("What if %(year)s") % {"year": self.year}, heads, rows, facts)
