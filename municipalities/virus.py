"""Asks ClamAV whether a file holds something harmful, over its socket (the INSTREAM command of clamd's protocol).

Off until ``PORTAL_CLAMD`` names a socket: ``unix:/run/clamav/clamd.ctl`` or ``tcp:clamav:3310``. When it is on, nothing
is taken in that could not be asked about: a scanner that does not answer stops uploads, and says so.

Source: clamd(8), "zINSTREAM": each piece is its length in four bytes, most significant first, and the bytes; an empty
piece ends it; the answer is ``stream: OK``, ``stream: <name> FOUND`` or ``… ERROR``, ended by a zero byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import struct
import time

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

log = structlog.get_logger("portal.upload")
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
KEPT = 60
"""Seconds for which a clean file is not asked about again: a form and its service look at the same bytes."""


class ScannerAway(Exception):
    """The scanner is on, and gave no answer that says yes or no."""


def virus_fault(data: bytes) -> str:
    """Why a file cannot be taken in, as a sentence, or empty. What is found and what fails stands in the log with the
    file's hash, never with its name or content."""
    if not settings.PORTAL_CLAMD:
        return ""
    digest = hashlib.sha256(data).hexdigest()
    if cache.get(f"clean:{digest}"):
        return ""
    try:
        found = scan(data)
    except ScannerAway as away:
        log.error("the scanner of files does not answer", reason=str(away), sha256=digest, size=len(data))
        return _("Files cannot be checked for viruses just now, so none are taken in. Try again in a while.")
    if found:
        log.warning("an upload was refused: a virus was found", signature=found, sha256=digest, size=len(data))
        return _("The file holds a virus and is not taken in. Tell those who look after your machine.")
    cache.set(f"clean:{digest}", True, KEPT)
    return ""


def scan(data: bytes) -> str:
    """The name of what ClamAV finds in ``data``; empty when it finds nothing. Raises ScannerAway."""
    deadline = time.monotonic() + settings.PORTAL_CLAMD_SECONDS
    try:
        with contextlib.closing(_connect(deadline)) as link:
            link.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                link.settimeout(_left(deadline))
                link.sendall(struct.pack(">I", len(piece)) + piece)
            link.sendall(struct.pack(">I", 0))
            answer = _answer(link, deadline)
    except (OSError, ValueError) as error:
        raise ScannerAway(f"{type(error).__name__}: {error}") from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerAway(answer[:200] or "no answer")


def _connect(deadline: float) -> socket.socket:
    """The connection to the socket that the setting names. Raises OSError, and ValueError for no such address."""
    kind, _colon, place = settings.PORTAL_CLAMD.partition(":")
    if kind == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(_left(deadline))
        try:
            link.connect(place)
        except OSError:
            link.close()
            raise
        return link
    host, _colon, port = place.rpartition(":")
    if kind != "tcp" or not host or not port.isdigit():
        raise ValueError("PORTAL_CLAMD is unix:PATH or tcp:HOST:PORT")
    return socket.create_connection((host, int(port)), timeout=_left(deadline))


def _answer(link: socket.socket, deadline: float) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        link.settimeout(_left(deadline))
        more = link.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(deadline: float) -> float:
    """Seconds until all must be done. Raises TimeoutError when none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left
