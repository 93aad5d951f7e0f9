"""Judges a packed file (a workbook, a Word or OpenDocument text) before any library opens it.

An office file is a zip archive of XML. Whoever reads one without looking first can be made to unpack gigabytes, to
expand entities a billion times, or to fetch files of the server. So everything that reads or keeps such a file comes
through here first: how long the list of parts is, how many parts there are and what they say they unpack to, that none
holds another archive too deep, and (each part read once, a piece at a time, and nothing kept) that no part declares
entities or uses an encoding in which a declaration could hide. Knows neither Django nor the sentences: whoever asks
words the refusals.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

MEGABYTE = 1024 * 1024
CHUNK, OVERLAP = MEGABYTE, 256
LARGEST_LIST = MEGABYTE
"""Bytes of an archive's list of parts, some ten thousand of them: more than any document has."""

BOMB, BROKEN, DECLARES, LOCKED, NESTED = "bomb", "broken", "declares", "locked", "nested"
"""Why a file is refused: unpacks to too much; damaged; declares entities; has a password; archives in archives."""

_PACKED = b"PK\x03\x04"
_OTHER_ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00", b"BZh9", b"\x28\xb5\x2f\xfd")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.-]+)[\"']")
_PLAIN = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_END = b"PK\x05\x06"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class ArchiveRefused(Exception):
    """The file is not opened. ``code`` is one of the five words above."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Bounds:
    """What an archive may be: ``unpacked`` bytes in all, so many ``parts``, ``elements`` of XML (None: any number,
    where nothing of ours reads them), archives inside it so ``deep``, and no part of more than ``ratio_from`` bytes
    that is packed to less than one in ``ratio``."""

    unpacked: int
    parts: int
    elements: int | None = None
    deep: int = 1
    ratio: int = 250
    ratio_from: int = MEGABYTE


DOCUMENT = Bounds(unpacked=150 * MEGABYTE, parts=4_000)
"""A document that is kept and given back, and never read by the portal."""

OWN_FILE = Bounds(unpacked=400 * MEGABYTE, parts=4_000, elements=20_000_000)
"""A file that the portal itself wrote, and that comes back to be compared."""


@contextmanager
def opened(data: bytes, bounds: Bounds) -> Iterator[zipfile.ZipFile]:
    """The archive, when its list of parts is within ``bounds``; nothing of it has been unpacked.

    Raises ArchiveRefused, also for damage that shows while it is being read.
    """
    if not data.startswith(_PACKED) or list_size(data) > LARGEST_LIST:
        raise ArchiveRefused(BROKEN)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _listed(archive, bounds)
            yield archive
    except _DAMAGE as error:
        raise ArchiveRefused(BROKEN) from error


def judge(data: bytes, bounds: Bounds) -> None:
    """Read the archive through once. Raises ArchiveRefused; afterwards a library may open it."""
    with opened(data, bounds) as archive:
        scan(archive, bounds)


def scan(archive: zipfile.ZipFile, bounds: Bounds, look: Callable[[str, bytes], None] | None = None) -> None:
    """Read every part once, a piece at a time. ``look`` is given the part's name and each piece, which begins with the
    end of the one before. Raises ArchiveRefused."""
    elements = 0
    room = bounds.unpacked - sum(entry.file_size for entry in archive.infolist())
    for entry in archive.infolist():
        tail, start = b"", True
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                if start:
                    _beginning(chunk)
                    if chunk.startswith(_PACKED):
                        room -= _inside(chunk + part.read(), bounds, room)
                        break
                    start = False
                elements += chunk.count(b"<") if bounds.elements is not None else 0
                if bounds.elements is not None and elements > bounds.elements:
                    raise ArchiveRefused(BOMB)
                piece = tail + chunk
                if _DECLARATION.search(piece):
                    raise ArchiveRefused(DECLARES)
                if look is not None:
                    look(entry.filename, piece)
                tail = chunk[-OVERLAP:]


def list_size(data: bytes) -> int:
    """The size in bytes of an archive's list of parts, as the archive says; larger than any where it has none.

    Looks where ``zipfile`` looks: at the very end, else for the last mark.
    """
    last = data[-22:]
    end = len(data) - 22 if last.startswith(_END) and last.endswith(b"\0\0") else data.rfind(_END)
    size = data[end + 12 : end + 16] if end >= 0 else b""
    return int.from_bytes(size, "little") if len(size) == 4 else LARGEST_LIST + 1


def _listed(archive: zipfile.ZipFile, bounds: Bounds) -> None:
    entries = archive.infolist()
    bomb = (
        len(entries) > bounds.parts
        or len({entry.filename for entry in entries}) != len(entries)
        or sum(entry.file_size for entry in entries) > bounds.unpacked
        or any(
            entry.file_size > bounds.ratio_from and entry.file_size > bounds.ratio * max(entry.compress_size, 1)
            for entry in entries
        )
        or any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries)
    )
    if bomb:
        raise ArchiveRefused(BOMB)
    if any(entry.flag_bits & 1 for entry in entries):
        raise ArchiveRefused(LOCKED)


def _beginning(start: bytes) -> None:
    """A part's first bytes: in plain letters, and no archive of another kind."""
    if start.startswith(_OTHER_ARCHIVES):
        raise ArchiveRefused(NESTED)
    declared = _ENCODING.search(start[:400])
    if start.startswith((*_WIDE, b"\x00\x00\xfe\xff")) or (declared and declared.group(1).lower() not in _PLAIN):
        raise ArchiveRefused(DECLARES)


def _inside(data: bytes, bounds: Bounds, room: int) -> int:
    """Judge an archive that is a part of another, within what is left; how much it unpacks to."""
    if bounds.deep < 1 or room < 0:
        raise ArchiveRefused(NESTED)
    inner = replace(bounds, deep=bounds.deep - 1, unpacked=room)
    with opened(data, inner) as archive:
        scan(archive, inner)
        return sum(entry.file_size for entry in archive.infolist())
