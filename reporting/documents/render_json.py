"""Content as a JSON file: the canonical content and its hash. ``docs/document-schema.md`` describes it."""

from __future__ import annotations

import json

from .content import Content, content_hash, from_json, to_json

WRAPPER = "lhl-document/1"


def render_json(content: Content) -> bytes:
    """``{"content": ..., "schema": "lhl-document/1", "sha256": ...}``, the content verbatim as it was
    hashed."""
    canonical = to_json(content)
    return f'{{"content":{canonical},"schema":"{WRAPPER}","sha256":"{content_hash(canonical)}"}}\n'.encode()


def read_json(data: bytes) -> Content:
    """The Content in a file that ``render_json`` wrote.

    Raises ValueError, with one sentence, where the file is no such document or its content does not match
    its hash.
    """
    try:
        whole = json.loads(data)
    except ValueError as error:
        raise ValueError("The file is not JSON.") from error
    if not isinstance(whole, dict) or whole.get("schema") != WRAPPER or "content" not in whole:
        raise ValueError(f"The file is not a document of schema {WRAPPER}.")
    canonical = json.dumps(whole["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    found = content_hash(canonical)
    if found != whole.get("sha256"):
        raise ValueError(f"The content has the hash {found}, and the file says {whole.get('sha256')}.")
    return from_json(canonical)
