"""Asks whether anything that is locked has a known weakness. Started by ``bin/audit``; needs the internet.

pip-audit runs in an environment of its own (var/audit), from requirements-audit.lock, and looks at the lock files of
the product and of development: nothing of them is installed or run. It ends with 0 when nothing is known, 1 when there
are findings, and 2 when the answer is not whole: the service could not be reached, or knows nothing of a package.

    bin/audit [--service pypi|osv] [LOCK …]
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "audit"
UV = Path(sys.executable).parent / "uv"
LOCKS = ("requirements.lock", "requirements-dev.lock")
NOTHING, FOUND, UNKNOWN = 0, 1, 2
SECONDS = 300
_AWAY = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|Max retries|NameResolution|HTTPError|ServiceError|JSONDecode"
    r"|ProxyError|timed out|Failed to connect|Could not connect|\b[45]\d\d (?:Client|Server) Error"
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/audit", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--service", choices=("pypi", "osv"), default="pypi", help="whom to ask (pypi)")
    parser.add_argument("locks", nargs="*", metavar="LOCK", help=f"lock files ({' '.join(LOCKS)})")
    chosen = parser.parse_args(arguments)
    if fault := prepare():
        print(fault, file=sys.stderr)
        return UNKNOWN
    worst = NOTHING
    for lock in chosen.locks or LOCKS:
        worst = max(worst, look(lock, chosen.service))
    return worst


def prepare() -> str:
    """Make the environment hold exactly what the lock lists; what went wrong, or nothing."""
    for command in (
        [UV, "venv", "-q", "--allow-existing", "--python", sys.executable, HOME],
        [UV, "pip", "sync", "-q", "--python", HOME / "bin" / "python", "--require-hashes",
         ROOT / "requirements-audit.lock"],
    ):  # fmt: skip
        done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            return f"pip-audit could not be installed:\n{done.stderr.strip()}"
    return ""


def look(lock: str, service: str) -> int:
    """Ask about one lock file, and say what is found."""
    command = [HOME / "bin" / "pip-audit", "--vulnerability-service", service, "--require-hashes", "--disable-pip",
               "--progress-spinner", "off", "--timeout", "20", "--format", "json", "--requirement", lock]  # fmt: skip
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        print(f"{lock}: the vulnerability service ({service}) gave no answer in {SECONDS} seconds: nothing is known.")
        return UNKNOWN
    code, lines = verdict(lock, service, done.stdout, done.stderr)
    print("\n".join(lines))
    return code


def verdict(lock: str, service: str, out: str, err: str) -> tuple[int, list[str]]:
    """What pip-audit's answer means: the exit code, and the lines to print."""
    try:
        packages: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        if _AWAY.search(err):
            return UNKNOWN, [f"{lock}: the vulnerability service ({service}) cannot be reached: nothing is known."]
        last = err.strip().splitlines()[-1:] or ["it said nothing"]
        return UNKNOWN, [f"{lock}: pip-audit stopped: {last[0]}"]
    found = [
        f"{lock}: {package['name']} {package['version']}: {fault['id']}"
        f" (mended in {', '.join(fault.get('fix_versions') or ['no version yet'])})"
        for package in packages
        for fault in package.get("vulns", ())
    ]
    skipped = [f"{lock}: {one['name']} was not asked about: {one['skip_reason']}" for one in packages
               if "skip_reason" in one]  # fmt: skip
    asked = len(packages) - len(skipped)
    if packages and not asked:  # pip-audit itself calls this "no known vulnerabilities"
        said = f"knows none of the {len(packages)} packages, so it cannot be reached in earnest: nothing is known."
        return UNKNOWN, [f"{lock}: the vulnerability service ({service}) {said}"]
    said = f"{lock}: {asked} packages asked about, {len(found)} known weaknesses."
    code = FOUND if found else UNKNOWN if skipped or not asked else NOTHING
    return code, [*found, *skipped, said]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
