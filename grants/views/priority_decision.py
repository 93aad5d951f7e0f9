"""A decided priority list: who decided it, when, its hash, its rows as they were frozen, and what differs today."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grants.models import PriorityDecision, Scheme
from grants.priority_frozen import frozen_criteria, frozen_lines
from grants.priority_shown import frozen_exceptions
from grants.services import priority
from grants.services.priority_decisions import Difference, hash_of, priority_difference
from grants.views.priority_base import Listed
from municipalities.access import RIGHTS, Scope, allowed_filter
from municipalities.models import Municipality, Office
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.templatetags.portal import moment


class PriorityDecisionPage(Listed):
    """``/tilskudd/prioritet/vedtak/3/``; ``?format=xlsx`` or ``csv`` for the file."""

    right = "priority.read"
    model = PriorityDecision
    template_name = "grants/priority_decision.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("scheme")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.decision: PriorityDecision = self.get_object()
        style = request.GET.get("format", "")
        if style in FORMATS:
            name = f"prioritet-{self.year}-{self.scheme.key}-vedtak-{self.decision.version}"
            return table_response(self.table(), style, name)
        return self.render(self.template_name, self.get_context())

    @property
    def scheme(self) -> Scheme:  # type: ignore[override]
        scheme: Scheme = self.decision.scheme
        return scheme

    @property
    def year(self) -> int:
        return int(self.scheme.year)

    @property
    def day(self) -> dt.date:
        day: dt.date = self.decision.as_of
        return day

    @cached_property
    def content(self) -> dict[str, Any]:
        """What was frozen."""
        content: dict[str, Any] = json.loads(self.decision.canonical)
        return content

    @cached_property
    def criteria(self) -> tuple[priority.CriterionRow, ...]:
        return frozen_criteria(self.content)

    @cached_property
    def lines(self) -> list[priority.UnitOutcomes]:
        """The frozen rows of the municipalities that the reader may see."""
        places = dict(self.rows(Office).values_list("key", "pk"))
        rows = frozen_lines(self.content, places)
        if (seen := self._seen()) is None:
            return rows
        return [row for row in rows if row.unit in seen]

    def _seen(self) -> set[int] | None:
        """The municipalities that the reader may see; None where she sees them all."""
        if self._part is None:
            return None
        reach = allowed_filter(Municipality, self.right, self._part)
        return set(self.rows(Municipality).filter(reach).values_list("pk", flat=True))

    @cached_property
    def _part(self) -> Scope | None:
        """The part of the reader's scope that the right gives; None where it gives everything."""
        mine = self.scope.only(RIGHTS[self.right].roles)
        return mine if all(grant.municipality_id or grant.office_id for grant in mine.grants) else None

    def table(self) -> ListTable:
        row, table = self.decision, super().table()
        facts = [
            (_("Decided"), f"{moment(row.decided_at)}, {row.decided_by_name}"),
            (_("Version"), str(row.version)),
            ("SHA-256", row.content_hash),
            *([(_("Note"), row.note)] if row.note else []),
        ]
        return ListTable(table.title, table.heads, table.rows, [*facts, *table.facts])

    def get_context(self) -> dict[str, Any]:
        row = self.decision
        others = self.rows(PriorityDecision).filter(scheme=self.scheme).exclude(pk=row.pk).defer("canonical")
        try:
            differences = priority_difference(row, self.today, scope=self._part)
            no_criteria = ""
        except priority.NoCriteria as unknown:
            differences, no_criteria = [], str(unknown)
        moved = [change for change in differences if bool(change.before) != bool(change.after)]
        return {
            **super().get_context(),
            "decision": row,
            "title": _("Decided priority list") + f": {self._in_language(self.content['scheme']['name'])}",
            "exceptions": frozen_exceptions(self.content["exceptions"], get_language() or "nb"),
            "holds": hash_of(row.canonical) == row.content_hash,
            "others": list(others.order_by("-version")),
            "fallen_in": [self._shown(change) for change in moved if change.after],
            "fallen_out": [self._shown(change) for change in moved if not change.after],
            "otherwise": [self._shown(change) for change in differences if change not in moved],
            "no_criteria": no_criteria,
        }

    def _in_language(self, names: dict[str, str]) -> str:
        """The name as it was when the list was decided."""
        return names["nn" if (get_language() or "nb").startswith("nn") else "nb"]

    def _shown(self, change: Difference) -> dict[str, Any]:
        """A municipality whose outcome is another one today, and why, by the criterion's short name."""
        return {
            "row": change,
            "why": [(self._short(entry.code), entry.before, entry.after, entry.why) for entry in change.changes],
        }

    def _short(self, code: str) -> str:
        return next((head.short for head in self.heads if head.code == code), code)
