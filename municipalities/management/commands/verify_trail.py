"""Proves that the trail is whole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from municipalities.services.trail_seal import trail_seal_all
from municipalities.services.trail_verify import trail_verify
from municipalities.trail_chain import CHAINS
from reform import clock


class Command(BaseCommand):
    help = (
        "Follow the chains of the trail, changes and readings, from the oldest row to the newest. Ends with 0 only when"
        " no sealed row was changed, taken away or put in between, and no row has waited long for its seal; else one"
        " line names the first row that is wrong. Then seals what waits, and says where the chains end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect",
            action="append",
            default=[],
            metavar="CHAIN:SEQUENCE:HASH",
            help="a link as an earlier run or the log told it; a chain that was counted anew since does not have it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        verdict = trail_verify(now=now, expect=_expected(options["expect"]))
        if verdict.fault:
            raise CommandError(verdict.fault)
        self.stdout.write(f"{verdict.sealed} sealed rows hold.")
        if verdict.waiting:
            trail_seal_all(now=now)
            verdict = trail_verify(now=now)
            if verdict.fault:
                raise CommandError(verdict.fault)
            self.stdout.write(f"{verdict.sealed} rows are sealed now.")
        for chain, head in verdict.heads.items():
            self.stdout.write(f"{chain}:{head.sequence}:{head.chain_hash}")


def _expected(given: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for text in given:
        chain, _colon, rest = text.partition(":")
        number, _colon, hashed = rest.partition(":")
        if chain not in CHAINS or not (number.isascii() and number.isdigit()) or len(hashed) != 64:
            raise CommandError(f"--expect takes CHAIN:SEQUENCE:HASH, and not {text}.")
        found[chain] = (int(number), hashed)
    return found
