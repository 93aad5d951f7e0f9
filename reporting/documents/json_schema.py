"""The JSON Schema of a document, made from the dataclasses of the Content, so that it cannot fall behind them. Pure.

``docs/document-schema.json`` is what ``schema`` gives; a test keeps the two equal, and real documents valid.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .content import SCHEMA, Content, blocks_and_parts
from .render_json import WRAPPER

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TAGGED = {
    "Decimal": {"description": "A decimal number, exactly.", "pattern": r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"},
    "date": {"description": "A day.", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
}


def schema() -> dict[str, Any]:
    """The schema of the downloaded file: the Content with its hash."""
    defined = {kind.__name__: _object(kind) for kind in blocks_and_parts()}
    defined |= {name: _tagged(name, **words) for name, words in _TAGGED.items()}
    return {
        "$schema": DIALECT,
        "$id": f"urn:{WRAPPER.replace('/', ':')}",
        "title": "A document of the portal as JSON",
        "type": "object",
        "properties": {
            "content": {"$ref": "#/$defs/Content"},
            "schema": {"const": WRAPPER},
            "sha256": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "SHA-256 of the canonical JSON of content.",
            },
        },
        "required": ["content", "schema", "sha256"],
        "additionalProperties": False,
        "$defs": dict(sorted(defined.items())),
    }


def _tagged(name: str, *, description: str, pattern: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": {"_": {"const": name}, "value": {"type": "string", "pattern": pattern}},
        "required": ["_", "value"],
        "additionalProperties": False,
    }


def _object(kind: type) -> dict[str, Any]:
    """One kind of object. A field that came later may be missing; its default then holds."""
    hints = get_type_hints(kind)
    properties: dict[str, Any] = {"_": {"const": kind.__name__}}
    required = ["_"]
    for item in fields(kind):
        properties[item.name] = _type(hints[item.name])
        if not item.metadata.get("later"):
            required.append(item.name)
        elif item.default is not MISSING:
            properties[item.name] = {**properties[item.name], "default": item.default}
    if kind is Content:
        properties["schema"] = {"const": SCHEMA}
        required.append("schema")
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": False,
    }


_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Decimal: {"$ref": "#/$defs/Decimal"},
    date: {"$ref": "#/$defs/date"},
}


def _type(hint: Any) -> dict[str, Any]:
    """What a type hint says, as a schema. Raises TypeError for a hint that no document needs."""
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inside)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_type(member) for member in inside]}
    if origin is Sequence or (origin is tuple and len(inside) == 2 and inside[1] is Ellipsis):
        return {"type": "array", "items": _type(inside[0])}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_type(member) for member in inside], "items": False}
    if isinstance(hint, type) and hint in blocks_and_parts():
        return {"$ref": f"#/$defs/{hint.__name__}"}
    raise TypeError(f"no schema for {hint!r}")
