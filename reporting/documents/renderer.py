"""Which renderer draws the files: a fingerprint of its code, style sheet, fonts and libraries.

All code of the documents counts, also what does not draw: a part that was forgotten would let an old file stand.

Two files of the same Content are the same bytes only when the same renderer drew them, so this stands beside the
Content's hash wherever an earlier file is used again.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

_HERE = Path(__file__).resolve().parent
_BESIDE = ("templates/documents/*.html", "static/css/print*.css", "static/fonts/print/*.ttf")
_LIBRARIES = ("weasyprint", "pydyf", "pikepdf", "python-docx", "xlsxwriter", "django", "fonttools")


def _digest() -> str:
    digest = hashlib.sha256()
    root = settings.BASE_DIR
    files = [*_HERE.glob("*.py"), _HERE / "fonts.conf"]
    files += [path for pattern in _BESIDE for path in root.glob(pattern)]
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()[:12]


_FINGERPRINT = _digest()  # as the process starts, when the code is read: a file that is replaced later is not its own


def fingerprint() -> str:
    """Twelve hex digits that change with anything that may change a file's bytes."""
    return _FINGERPRINT
