"""The yearly review: who has access to what, confirmed or ended one by one; as a page and as a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.access import RIGHTS
from municipalities.readings import read_logged
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.services import EntryRefused
from municipalities.services.access_review import (
    Access,
    access_end_reviewed,
    accesses_confirm,
    accesses_to_review,
)
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedPage

PAGE = 50


class Review(ScopedPage):
    """Everybody whom the reader goes through; ``?visning=mangler`` those who were not confirmed for a year."""

    right = "access.review"
    template_name = "municipalities/access_review.html"

    @cached_property
    def rows(self) -> list[Access]:  # type: ignore[override]
        return accesses_to_review(self.request.user, today=self.today)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.scope.municipality_ids:
            read_logged(request, None, "contacts_read")
        style = request.GET.get("fil", "")
        if style in FORMATS:
            return table_response(self._table(), style, f"{_('access')}-{self.today.isoformat()}")
        return self.render(self.template_name, self.get_context())

    def get_context(self) -> dict[str, Any]:
        overdue = [row for row in self.rows if row.overdue]
        only = self.request.GET.get("visning") == "mangler"
        page = Paginator(overdue if only else self.rows, PAGE).get_page(self.request.GET.get("side"))
        gives = [name for right, name in WAYS if self.scope.has(RIGHTS[right].roles)]
        return {
            "page": page, "rows": page.object_list, "only": only, "all_count": len(self.rows),
            "overdue_count": len(overdue), "give_url": reverse(gives[0]) if gives else "",
            "give_name": _("Contacts") if gives[:1] == ["contacts"] else _("Access"),
        }  # fmt: skip

    def _table(self) -> ListTable:
        heads = (
            _("Name"), _("Work e-mail"), _("Role"), _("Unit"), _("Since"), _("Last logged in"), _("Last confirmed"),
            _("Confirmed by"), _("Not confirmed for a year"),
        )  # fmt: skip
        rows = [
            (
                row.name, row.email, row.role, row.place, row.since, row.last_login, row.confirmed_on, row.confirmed_by,
                row.overdue,
            )
            for row in self.rows
        ]  # fmt: skip
        return ListTable(_("Who has access"), heads, rows, [(_("Day"), day_words(self.today))])


WAYS = (
    ("access.offices", "access_offices"),
    ("access.municipalities", "access_municipalities"),
    ("contact.invite", "contacts"),
)
"""Where somebody is given access, for each who reviews."""


class ReviewAnswer(ScopedPage):
    """One answer: the chosen ones are still right, or one of them ends."""

    right = "access.review"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("access_review")

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("avslutt"):
            self._end(request.POST["avslutt"])
        else:
            self._confirm(request.POST.getlist("tilgang"))
        back = reverse("access_review")
        side = request.POST.get("side", "")
        query = ["visning=mangler"] if request.POST.get("visning") == "mangler" else []
        query += [f"side={side}"] if side.isascii() and side.isdigit() and len(side) < 5 else []
        return redirect(back + ("?" + "&".join(query) if query else ""))

    def _confirm(self, chosen: list[str]) -> None:
        count = accesses_confirm(membership_ids=_numbers(chosen), actor=self.request.user, now=self.now)
        if not count:
            messages.warning(self.request, _("Choose at least one that is still right."))
            return
        said = ngettext("%(n)s access is confirmed.", "%(n)s accesses are confirmed.", count) % {"n": count}
        messages.success(self.request, said)

    def _end(self, chosen: str) -> None:
        number = next(iter(_numbers([chosen])), 0)
        try:
            ended = access_end_reviewed(membership_id=number, actor=self.request.user, now=self.now)
        except EntryRefused as refused:
            messages.warning(self.request, str(refused))
        else:
            messages.success(self.request, _("%(name)s has no access any more.") % {"name": ended.user})


def _numbers(chosen: list[str]) -> set[int]:
    return {int(text) for text in chosen[:500] if text.isascii() and text.isdigit() and len(text) < 10}
