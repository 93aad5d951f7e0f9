"""Which methods each address answers, read from its view and not from the matrix."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern
from django.views.generic.edit import ProcessFormView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def view_class(pattern: URLPattern) -> Any:
    """The class behind an address (Django's ``view_class``, the API's ``cls``); None for a plain function."""
    view: Any = pattern.callback
    while view is not None:
        found = getattr(view, "view_class", None) or getattr(view, "cls", None)
        if found is not None:
            return found
        view = getattr(view, "__wrapped__", None)
    return None


def methods_of(pattern: URLPattern) -> set[str]:
    """The methods that the address answers. A plain function is taken to answer GET alone unless it says otherwise
    (``allowed_methods``); what Django's FormView makes of PUT is its POST."""
    view = view_class(pattern)
    if view is None:
        return set(getattr(pattern.callback, "allowed_methods", ("GET",)))
    actions = getattr(pattern.callback, "actions", None)
    if actions:
        return {name.upper() for name in actions} & set(METHODS)
    names = [name.upper() for name in view.http_method_names if hasattr(view, name)]
    if getattr(view, "put", None) is getattr(ProcessFormView, "put", None):
        names = [name for name in names if name != "PUT"]
    return set(names) & set(METHODS)
