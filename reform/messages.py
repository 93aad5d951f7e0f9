"""Compiles the translations (.po to .mo) where they are stale, without any system package.

Run as ``python -m reform.messages`` by the launcher, the tests and the image.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_stale(folder: Path = LOCALE) -> list[Path]:
    """Compile each .po file under ``folder`` that is newer than its .mo file; return those compiled."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3])
        unfinished = target.with_suffix(".part")
        with unfinished.open("wb") as file:
            write_mo(file, catalog)
        unfinished.replace(target)  # a process that reads meanwhile sees the old or the new one, whole
        compiled.append(target)
    return compiled


if __name__ == "__main__":
    compile_stale()
