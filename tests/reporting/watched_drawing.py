"""What a real worker of the tests is given besides the portal: it writes down which process draws which file, and stays
in the middle of one for as long as the test holds it. What is drawn, and how, is the portal's own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from celery.signals import worker_ready

from reporting.documents import build
from reporting.models import Document
from reporting.services import delivery

FOLDER = Path(os.environ["PORTAL_VAR_DIR"])


def name_of(document: Document) -> str:
    """What the test calls a file: kind, format, language, and the key of its region if it has one."""
    office = document.office
    return "-".join((document.kind, document.format, document.language, *([office.key] if office else [])))


def watched(draw: Callable[[Document], bytes]) -> Callable[[Document], bytes]:
    """``draw``, written down when it begins: the worker's process, the process of the job, and the file."""

    def drawing(document: Document) -> bytes:
        name = name_of(document)
        with (FOLDER / "begun").open("a") as file:
            file.write(f"{os.getppid()} {os.getpid()} {name}\n")
        while (FOLDER / f"hold-{name}").exists():
            time.sleep(0.05)
        return draw(document)

    return drawing


build.draw = watched(build.draw)
delivery.pack = watched(delivery.pack)


@worker_ready.connect
def say_so(**_worker: object) -> None:
    """The worker listens from now on."""
    (FOLDER / f"ready-{os.getpid()}").touch()
