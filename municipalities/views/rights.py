"""The table of rights for whoever answers for the portal's security: as a page, and as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.access import RIGHTS
from municipalities.render_table import FORMATS, ListTable, table_response
from municipalities.rights_list import Query, right_rows, role_rows, sheet
from municipalities.templatetags.portal import day as day_words
from municipalities.views import ScopedPage, ScopedView


class Rights(ScopedPage):
    """Every right with its roles, its sentence and its source; ``?rolle=`` and ``?sok=`` narrow it."""

    right = "rights.read"
    template_name = "municipalities/rights.html"

    def get_context(self) -> dict[str, Any]:
        query, roles = Query.read(self.request.GET.get), role_rows()
        tail = f"?{urlencode(query.parameters)}" if query.parameters else ""
        return {
            "rows": right_rows(query),
            "roles": roles,
            "query": query,
            "total": len(RIGHTS),
            "files": [(style, reverse("rights_file", args=[style]) + tail) for style in FORMATS],
        }


class RightsFile(ScopedView):
    """The same rows as Excel or CSV."""

    right = "rights.read"

    def get(self, request: HttpRequest, style: str) -> HttpResponse:
        if style not in FORMATS:
            raise Http404
        query = Query.read(request.GET.get)
        heads, rows = sheet(right_rows(query))
        facts = [(_("Day"), day_words(self.today))]
        facts += [(row.label, row.scope) for row in role_rows() if query.role in ("", row.role)]
        return table_response(ListTable(_("Table of rights"), heads, rows, facts), style, "rettigheter")
