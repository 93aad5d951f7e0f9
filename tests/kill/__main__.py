"""``python -m tests.kill kills|crowd --out FILE``: starts a stand, runs it, and writes what became of it as JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.kill.servers import there
from tests.kill.stand import Stand, stand

START = dt.datetime(2022, 4, 25, 6, 0, tzinfo=ZoneInfo("Europe/Oslo"))
"""Six days before the municipalities' deadline: so much time can pass on the clock."""


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def begun(on: Stand) -> None:
    """The database made and this process ready to use it."""
    on.begin_services()
    import django
    from django.core.management import call_command

    django.setup()
    from reform import clock
    from tests.kill import points

    clock.now = points.now
    points.small_documents()
    call_command("migrate", verbosity=0)


def kills(on: Stand, rounds: int, only: str, out: Path) -> dict[str, Any]:
    """The campaign of kills."""
    from municipalities.services.trail_seal import trail_seal_all
    from tests.kill.campaign import Campaign, Kill

    def told(found: list[Kill]) -> dict[str, Any]:
        return {"rounds": rounds, "kills": [kill.stored() for kill in found], "mails": sum(on.mail.seen.values())}

    campaign = Campaign(on, say)
    trail_seal_all(now=on.now())  # what building the world has written: the scheduler comes only after a minute
    on.begin_portal()
    return told(campaign.run(rounds, only, lambda found: write(out, told(found))))


def write(out: Path, found: dict[str, Any]) -> None:
    """Leave what was found as JSON."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def crowd(on: Stand, seconds: float, people: int, seed: int) -> dict[str, Any]:
    """A hundred people at once."""
    from tests.kill.crowd import Crowd

    made = Crowd(on, people=people, seed=seed, say=say)
    on.begin_portal()
    return made.run(seconds)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("what", choices=("kills", "crowd"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1, help="kills: after the first, all points")
    parser.add_argument("--only", default="", help="kills: a part of the victim and point, such as 'web submit'")
    parser.add_argument("--seconds", type=float, default=60, help="crowd: for how long")
    parser.add_argument("--people", type=int, default=100, help="crowd: how many")
    parser.add_argument("--seed", type=int, default=7, help="crowd: of the choices")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    asked = parser.parse_args(arguments)
    if missing := there():
        say(missing)
        return 2
    begin = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended also then
    with stand(START, keep=asked.keep) as on:
        say(f"stand in {on.folder}")
        begun(on)
        if asked.what == "kills":
            found = kills(on, asked.rounds, asked.only, asked.out)
        else:
            found = crowd(on, asked.seconds, asked.people, asked.seed)
        found["errors"] = [line for line in on.errors() if "Traceback" in line or '"level": "error"' in line][:50]
    found["seconds"] = round(time.monotonic() - begin, 1)
    write(asked.out, found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
