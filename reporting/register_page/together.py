"""Rows of several small tables in one query. A page of one unit shows eight registers; asked one by one they would cost
as many trips to the database, whatever little they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, Model, QuerySet, Value
from django.db.models.functions import JSONObject


def together(querysets: Iterable[QuerySet[Any]]) -> dict[type[Model], list[Any]]:
    """The rows of each queryset as objects of its model, by model, in the order of their keys. One query for all.

    Each model may come once; its rows are whole (no deferred fields, no annotations). Raises ValueError when nothing
    is asked for.
    """
    wanted = {rows.model: rows for rows in querysets}
    if not wanted:
        raise ValueError("ask for one table at least")
    by_name = {model._meta.label: model for model in wanted}
    parts = [
        rows.order_by()
        .annotate(
            _table=Value(model._meta.label),
            _row=JSONObject(**{field.attname: field.attname for field in model._meta.concrete_fields}),
        )
        .values_list("_table", "_row")
        for model, rows in wanted.items()
    ]
    first, *others = parts
    found: dict[type[Model], list[Any]] = {model: [] for model in wanted}
    for name, values in first.union(*others, all=True) if others else first:
        model = by_name[name]
        found[model].append(_object(model, values))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def _object(model: type[Model], values: dict[str, Any]) -> Any:
    row = model(**{field.attname: _value(field, values[field.attname]) for field in model._meta.concrete_fields})
    row._state.adding = False
    row._state.db = "default"
    return row


def _value(field: Any, value: Any) -> Any:
    kept = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
    if isinstance(field, DateTimeField) and isinstance(kept, dt.datetime) and kept.tzinfo is None:
        return kept.replace(tzinfo=dt.UTC)  # SQLite keeps moments in UTC, and says so to nobody
    return kept
