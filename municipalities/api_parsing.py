"""Reads what a machine sends: bounded in size and depth, whatever is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON of at most ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes; nested too deep, it is no JSON for us."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        data = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(data) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("more than DATA_UPLOAD_MAX_MEMORY_SIZE")
        try:
            return super().parse(_Once(data), media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The request is nested too deep.")) from None


class _Once:
    """A stream over what has been read."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int = -1) -> bytes:
        """All that is left (``size`` is a hint)."""
        data, self.data = self.data, b""
        return data
