"""Pieces of PDFs that were drawn, in a folder beside the documents, so that a new version draws only what has changed.

A piece is named by a hash over its renderer and its HTML, says nothing of whose document it was in, and is read by the
renderer alone. A document is whole without them: ``services.file_cleaning`` removes those that nobody asks for.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

FOLDER = "pieces"


def folder() -> Path:
    return Path(settings.DOCUMENT_ROOT) / FOLDER


class KeptPieces:
    """The folder as a ``Keeper``. What cannot be read or written is as if it had not been kept."""

    def get(self, key: str) -> bytes | None:
        """The piece, if it is there; it counts as used now."""
        path = _path(key)
        try:
            packed = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return packed

    def put(self, key: str, packed: bytes) -> None:
        """Keep a piece. It appears whole or not at all."""
        path = _path(key)
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(packed)
            os.replace(beside, path)
        except OSError:
            with suppress(OSError):
                beside.unlink()


def _path(key: str) -> Path:
    return folder() / key[:2] / key
