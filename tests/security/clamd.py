"""A scanner for tests that speaks clamd's INSTREAM over a real socket, and says what it is told to say."""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path


class Scanner:
    """Listens on TCP, or on ``path``. ``answer`` is what it says to each file; None: nothing, ever.

    ``heard`` are the files that were sent whole. Use as a context; ``address`` is what the setting holds.
    """

    def __init__(self, answer: str | None = "stream: OK", path: Path | None = None) -> None:
        self.answer, self.heard, self.broken = answer, list[bytes](), list[str]()
        self._closed = threading.Event()
        if path is None:
            self._socket = socket.create_server(("127.0.0.1", 0))
            self.address = f"tcp:127.0.0.1:{self._socket.getsockname()[1]}"
        else:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.bind(str(path))
            self._socket.listen()
            self.address = f"unix:{path}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Scanner:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closed.set()
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        self._socket.settimeout(0.1)
        while not self._closed.is_set():
            try:
                link, _peer = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with link:
                link.settimeout(5)
                self._one(link)

    def _one(self, link: socket.socket) -> None:
        stream = link.makefile("rb")
        if (command := stream.read(10)) != b"zINSTREAM\0":
            self.broken.append(repr(command))
            return
        data = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            data += stream.read(size)
        self.heard.append(data)
        if self.answer is None:
            self._closed.wait(5)
        else:
            link.sendall(self.answer.encode() + b"\0")
