"""What every address of the API may answer besides what it is asked for: said once, for all of them.

The views describe what they give and what is particular to them; this adds the refusals that follow from how the API is
built: who asks (401, 403), what is asked (400, 404, 405, 406, 413, 415) and how often (429).
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse

METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = {
    "type": "object",
    "description": "Why it was not done: a sentence, and for a step that cannot be made now the state that holds.",
    "properties": {"detail": {"type": "string"}, "state": {"type": "string"}, "code": {"type": "string"}},
    "required": ["detail"],
}
FAULTS = {
    "type": "object",
    "description": "What cannot be read, by field: sentences; or `detail` with one sentence about all of it.",
    "additionalProperties": {},
}
ALWAYS = {
    "400": ("Faults", "What was sent cannot be read."),
    "401": ("Problem", "Nobody is logged in, or the key or token is wrong."),
    "403": ("Problem", "The role does not have the right."),
    "405": ("Problem", "The address does not take this method."),
    "406": ("Problem", "The answer is JSON, and that was not asked for."),
    "429": ("Problem", "Too many requests in a minute."),
    "503": ("Problem", "The portal is out of reach for a moment; the same request may be sent again."),
}
WITH_PATH = {"404": ("Problem", "It does not exist, or lies outside the caller's scope.")}
WITH_BODY = {
    "413": ("Problem", "The request is too large."),
    "415": ("Problem", "The request is not JSON."),
}
WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}


def refusal(words: str) -> OpenApiResponse:
    """A refusal that is particular to one address, for its ``extend_schema``."""
    return OpenApiResponse({"$ref": "#/components/schemas/Problem"}, words)


def every_refusal(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The document with the refusals of every operation (a hook of drf-spectacular)."""
    components = result.setdefault("components", {}).setdefault("schemas", {})
    components |= {"Problem": PROBLEM, "Faults": FAULTS}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                _complete(operation, "{" in path)
    return result


def _complete(operation: dict[str, Any], with_path: bool) -> None:
    body = "requestBody" in operation
    for code, (name, words) in {**ALWAYS, **(WITH_PATH if with_path else {}), **(WITH_BODY if body else {})}.items():
        operation["responses"].setdefault(code, _answer(name, words))
    for code in ("429", "503"):
        operation["responses"][code].setdefault("headers", WAIT)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _answer(name: str, words: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": words, "content": {"application/json": {"schema": schema}}}
