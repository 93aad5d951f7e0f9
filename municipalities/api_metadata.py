"""What OPTIONS answers: the name of an address and what it takes. What is sent to it, the API's description says."""

from __future__ import annotations

from typing import Any

from rest_framework.metadata import SimpleMetadata


class PlainMetadata(SimpleMetadata):
    """Without the fields of a serializer: addresses whose body is no row have none."""

    def determine_actions(self, request: Any, view: Any) -> dict[str, Any]:
        return {}
