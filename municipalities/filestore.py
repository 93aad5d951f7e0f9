"""Private files: written whole or not at all under random names, opened only by those who may, and what an uploaded
file really is, by its bytes and not by its name."""

from __future__ import annotations

import io
import os
import re
import secrets
import unicodedata
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.conf import settings

from municipalities.archives import LARGEST_LIST, MEGABYTE, list_size

LARGEST_UPLOAD = 20 * MEGABYTE
"""Bytes of one uploaded file."""

UPLOADS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The kinds of files that are taken, and the media type with which they are given back."""

_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MACROS, _SCRIPTS = ("vbaproject.bin", "vbadata.xml"), ("basic/", "scripts/")


class NotThere(Exception):
    """A file that is gone from the folder."""


def write_file(data: bytes, suffix: str) -> str:
    """Write a new file under the document folder and return its name there: random, and never an address.

    It appears whole or not at all: it is written beside its place, brought to the disk, and moved.
    """
    token = secrets.token_urlsafe(24)
    name = f"{token[:2].lower()}/{token}.{suffix}"
    path = Path(settings.DOCUMENT_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(FileNotFoundError):
            beside.unlink()
        raise
    return name


def remove_file(name: str) -> None:
    """Remove a file under the document folder; nothing happens when it is gone."""
    with suppress(FileNotFoundError):
        (Path(settings.DOCUMENT_ROOT) / name).unlink()


def open_file(name: str) -> IO[bytes]:
    """The open file ``name`` under the document folder. Raises NotThere when it is gone, or lies outside the folder."""
    root = Path(settings.DOCUMENT_ROOT).resolve()
    path = (root / name).resolve()
    if not name or not path.is_relative_to(root) or not path.is_file():
        raise NotThere
    return path.open("rb")


@dataclass(frozen=True)
class Kind:
    """What an uploaded file is: its suffix (a key of ``UPLOADS``) and media type."""

    suffix: str
    media_type: str


def kind_of(data: bytes) -> Kind | None:
    """What a file is by its bytes; None for anything that is not taken (other kinds, macros, a broken archive).

    Only the list of an archive's parts is read and nothing is unpacked; ``archives.judge`` looks inside.
    """
    suffix = "pdf" if data[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-") else _office_kind(data)
    return Kind(suffix, UPLOADS[suffix]) if suffix else None


def _office_kind(data: bytes) -> str:
    if not data.startswith(b"PK\x03\x04") or list_size(data) > LARGEST_LIST:
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name.casefold() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""
    if any(part.endswith(_MACROS) or part.startswith(_SCRIPTS) for part in parts):
        return ""
    if data[30:].startswith(b"mimetype" + UPLOADS["odt"].encode() + b"PK"):  # the first part, stored as it is
        return "odt" if "content.xml" in parts else ""
    if "[content_types].xml" not in parts:
        return ""
    return next((suffix for suffix, part in _PARTS.items() if part in parts), "")


_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069/\\:*?"<>|]+')


def safe_name(text: str, suffix: str) -> str:
    """A file name from words: no separators, control characters or marks that turn the text; at most 150 characters.

    Letters such as æøå stay; the download's header writes them by RFC 6266.
    """
    stem = re.sub(r"\s+", " ", _UNSAFE.sub(" ", text)).strip(" .")[:150].strip(" .")
    return f"{stem or 'document'}.{suffix}"


def content_disposition(name: str) -> str:
    """The header by RFC 6266: a plain ASCII name for old readers, and the real one in UTF-8. Nothing in ``name`` can
    end the header or begin another."""
    stem, dot, suffix = name.rpartition(".")
    clean = safe_name(stem, suffix) if dot else safe_name(name, "bin")
    plain = unicodedata.normalize("NFKD", clean.translate(_ASCII)).encode("ascii", "ignore").decode()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "Ae", "Ø": "O", "Å": "A", "–": "-", "đ": "d", "ŋ": "n"})
