"""The scanner's socket: asked by its protocol, believed only when it says yes or no, and never waited for in vain."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from municipalities import virus
from municipalities.services.plan_documents import Upload, upload_fault
from municipalities.virus import PIECE, ScannerAway, scan, virus_fault
from tests.security.clamd import Scanner

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file of the makers of scanners, in two pieces, so that this file is not taken for it."""
FOUND = "stream: Portal.Test-1 FOUND"


@pytest.fixture(autouse=True)
def _english(_fresh_language, settings):
    translation.activate("en")
    settings.PORTAL_CLAMD_SECONDS = 5


def test_off_by_default_nobody_is_asked(settings):
    assert settings.PORTAL_CLAMD == ""
    assert virus_fault(EICAR) == ""


@pytest.mark.parametrize("kind", ["tcp", "unix"])
@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, 3 * 1024 * 1024])
def test_the_whole_file_goes_over_and_clean_is_clean(settings, tmp_path, kind, size):
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    with Scanner(path=tmp_path / "s" if kind == "unix" else None) as scanner:
        settings.PORTAL_CLAMD = scanner.address
        assert scan(data) == ""
    assert (scanner.heard, scanner.broken) == ([data], [])


def test_what_is_found_is_refused_in_a_sentence_and_logged_without_the_file(settings, caplog):
    with Scanner(FOUND) as scanner, caplog.at_level(logging.WARNING, "portal.upload"):
        settings.PORTAL_CLAMD = scanner.address
        assert "virus" in upload_fault(Upload("hemmelig navn.pdf", b"%PDF-1.7 " + EICAR))
    line = str(caplog.records[-1].msg)
    assert "Portal.Test-1" in line and "sha256" in line
    assert "hemmelig" not in line and "EICAR" not in line


def test_a_clean_file_is_asked_about_once_and_another_by_itself(settings):
    with Scanner() as scanner:
        settings.PORTAL_CLAMD = scanner.address
        assert [virus_fault(b"a"), virus_fault(b"a"), virus_fault(b"b")] == ["", "", ""]
        assert scanner.heard == [b"a", b"b"]
        scanner.answer = FOUND
        assert virus_fault(b"c") and virus_fault(b"c")  # what was found is asked about each time
        assert scanner.heard == [b"a", b"b", b"c", b"c"]


@pytest.mark.parametrize("answer", ["INSTREAM size limit exceeded. ERROR", "", "stream: OK, perhaps", "FOUND", "OK"])
def test_no_clear_answer_is_no_yes(settings, answer):
    with Scanner(answer) as scanner:
        settings.PORTAL_CLAMD = scanner.address
        with pytest.raises(ScannerAway):
            scan(b"x")
        assert "cannot be checked" in virus_fault(b"x")


@pytest.mark.parametrize("address", ["tcp:127.0.0.1:1", "unix:/no/such/socket", "3310", "tcp:host", "http://x"])
def test_a_scanner_that_is_not_there_stops_uploads(settings, address):
    settings.PORTAL_CLAMD = address
    assert "cannot be checked" in upload_fault(Upload("a.pdf", b"%PDF-1.7 x"))


def test_a_silent_scanner_is_not_waited_for(settings):
    settings.PORTAL_CLAMD_SECONDS = 1
    with Scanner(None) as scanner:
        settings.PORTAL_CLAMD = scanner.address
        start = time.monotonic()
        assert "cannot be checked" in virus_fault(b"x")
        assert time.monotonic() - start < 4


def test_an_endless_answer_is_cut_off(settings, monkeypatch):
    monkeypatch.setattr(virus, "LONGEST_ANSWER", 64)
    with Scanner("stream: " + "x" * 200_000) as scanner:
        settings.PORTAL_CLAMD = scanner.address
        with pytest.raises(ScannerAway):
            scan(b"x")


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """A real clamd with one signature of our own: the test file of the makers of scanners."""
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("service: clamd is not installed (apt-get install clamav-daemon)")
    # A socket's path may have about a hundred characters, which the folders of tests use up.
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"Portal.Test-1:0:*:{EICAR.hex()}\n")
    config = folder / "clamd.conf"
    config.write_text(
        f"LocalSocket {folder}/s\nDatabaseDirectory {folder}/db\nForeground yes\nStreamMaxLength 30M\n"
        f"LogFile {folder}/log\nPidFile {folder}/pid\n"
        + ("User root\n" if os.geteuid() == 0 else "")
    )  # fmt: skip
    process = subprocess.Popen([program, "--config-file", str(config)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if (folder / "s").exists() or process.poll() is not None:
                break
            time.sleep(0.05)
        assert process.poll() is None, (folder / "log").read_text()
        yield f"unix:{folder}/s"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def test_a_real_clamd_finds_what_is_there_and_nothing_else(settings, clamd):
    from tests.municipalities.test_plan_documents import DOCX
    from tests.networks.workbooks import repacked

    settings.PORTAL_CLAMD, settings.PORTAL_CLAMD_SECONDS = clamd, 30
    assert scan(b"%PDF-1.7 " + EICAR).startswith("Portal.Test-1")
    assert scan(b"%PDF-1.7 clean") == ""
    assert scan(DOCX) == ""
    assert scan(repacked(DOCX, extra={"word/media/a.bin": EICAR})).startswith("Portal.Test-1")  # packed, and unpacked
    assert scan(b"a" * (20 * 1024 * 1024)) == ""
    assert "cannot be checked" in virus_fault(b"a" * (31 * 1024 * 1024))  # larger than it reads: no yes
