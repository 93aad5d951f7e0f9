"""Which renderer draws the files: a fingerprint of its code, style sheet, fonts and libraries.

Two files of the same Content are the same bytes only when the same renderer drew them, so this stands beside the
Content's hash wherever an earlier file is used again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

_HERE = Path(__file__).resolve().parent
_CODE = ("render*.py", "layout.py", "charts*.py", "tilemap.py", "svg.py", "formats.py", "content.py", "fonts.conf")
_BESIDE = ("templates/documents/*.html", "static/css/print.css", "static/fonts/print/*.ttf")
_LIBRARIES = ("weasyprint", "pydyf", "pikepdf", "python-docx", "xlsxwriter", "django", "fonttools")


@cache
def fingerprint() -> str:
    """Twelve hex digits that change with anything that may change a file's bytes."""
    digest = hashlib.sha256()
    root = settings.BASE_DIR
    files = [path for pattern in _CODE for path in _HERE.glob(pattern)]
    files += [path for pattern in _BESIDE for path in root.glob(pattern)]
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\0".encode())
    return digest.hexdigest()[:12]
