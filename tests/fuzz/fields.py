"""Which fields and parameters an address takes: those of its page's forms and links, and those that its code reads."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

APPS = ("reform", "municipalities", "networks", "reporting", "grants")
READS = ("get", "getlist", "pop")


class Page(HTMLParser):
    """The names in a page: of parameters in its links and GET forms, and the values of its POST forms."""

    def __init__(self) -> None:
        super().__init__()
        self.parameters: set[str] = set()
        self.values: dict[str, str] = {}
        self.files: set[str] = set()
        self.posting = False
        self._select = self._area = ""

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        name = attributes.get("name", "")
        if tag == "form":
            self.posting = attributes.get("method", "get").lower() == "post"
        for link in ("href", "hx-get", "action"):
            self.parameters |= {key for key, _ in parse_qsl(urlsplit(attributes.get(link, "")).query, True)}
        if tag == "option" and self._select and ("selected" in attributes or self._select not in self.values):
            self.values[self._select] = attributes.get("value", "")
        if tag not in ("input", "select", "textarea", "button") or not name:
            return
        if not self.posting:
            self.parameters.add(name)
            return
        self._select, self._area = (name if tag == "select" else ""), (name if tag == "textarea" else "")
        if attributes.get("type") == "file":
            self.files.add(name)
        elif tag != "select" and (attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes):
            self.values[name] = attributes.get("value", "")
        else:
            self.values.setdefault(name, attributes.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self.posting = False


def read_page(html: str) -> Page:
    """The page's names and values."""
    page = Page()
    page.feed(html)
    page.values.pop("csrfmiddlewaretoken", None)
    return page


def read_by(callback: Callable[..., Any]) -> tuple[set[str], set[str]]:
    """The names of parameters and of fields that the code of a view reads, in its modules and its base classes'."""
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    classes = inspect.getmro(view) if view else ()
    modules = {cls.__module__ for cls in classes} or {getattr(callback, "__module__", "")}
    parameters: set[str] = set()
    fields: set[str] = set()
    for name in modules:
        if name.partition(".")[0] in APPS:
            asked, posted = _names(name)
            parameters |= asked
            fields |= posted
    return parameters, fields


@functools.cache
def _names(module: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a module reads from GET and POST by name, and the fields of its forms."""
    asked, posted = set(), set()
    for node in ast.walk(ast.parse(Path(str(sys.modules[module].__file__)).read_text())):
        text, of = None, ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            text, of = node.args[0], ast.unparse(node.func.value) if node.func.attr in READS else ""
        elif isinstance(node, ast.Subscript):
            text, of = node.slice, ast.unparse(node.value)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In):
            text, of = node.left, ast.unparse(node.comparators[0])
        if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
            continue
        if of.endswith(("GET", "query_params")):
            asked.add(text.value)
        elif of.endswith(("POST", "FILES", "data")):
            posted.add(text.value)
    return frozenset(asked), frozenset(posted)


@functools.cache
def read_anywhere() -> tuple[str, ...]:
    """Every parameter that any code of the portal reads."""
    found: set[str] = set()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in APPS and getattr(module, "__file__", None) and ".migrations" not in name:
            found |= _names(name)[0]
    return tuple(sorted(found))
