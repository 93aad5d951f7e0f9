"""Pages of a list: ``limit`` and ``offset``, both within what a database can count."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

MOST = 1000
"""Rows of one answer: more than there are municipalities and districts."""
LAST = 10**9
"""No list of the portal is so long; a larger number is a mistake, and no database takes it."""


class BoundedPages(LimitOffsetPagination):
    """100 rows at a time, at most ``MOST``; what is no number of rows is 400 and not silently another page."""

    max_limit = MOST

    def get_limit(self, request: Request) -> int:
        asked = self._number(request, self.limit_query_param, at_least=1)
        return min(self.default_limit if asked is None else asked, MOST)  # type: ignore[type-var]

    def get_offset(self, request: Request) -> int:
        return self._number(request, self.offset_query_param, at_least=0) or 0

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            least = 1 if parameter["name"] == self.limit_query_param else 0
            parameter["schema"] |= {"minimum": least, "maximum": LAST}
        return parameters

    def _number(self, request: Request, name: str, *, at_least: int) -> int | None:
        text = request.query_params.get(name)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) <= len(str(LAST)) and at_least <= int(text) <= LAST:
            return int(text)
        raise ValidationError({name: [_("Write a whole number from %(least)s up.") % {"least": at_least}]})
