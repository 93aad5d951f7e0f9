"""Starts everything in this project: makes the environment where it is missing, then runs a command.

Needs only a Python 3.11 or newer with its standard library. It works for root and for an ordinary
user, with empty caches and with a home folder that cannot be written.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
STAMP = VENV / "portal-stamp"
PYTHON = VENV / "bin" / "python"
LOCKS = {
    "product": ["requirements.lock"],
    # The tools lock names packages whose own dependencies stay out; a sync installs what is listed only.
    "dev": ["requirements-dev.lock", "requirements-tools.lock"],
}


class LauncherError(Exception):
    """What stops the launcher, said in one sentence to the person at the keyboard."""


def say(text: str) -> None:
    """Tell the person what happens; stdout belongs to the command that is run."""
    print(text, file=sys.stderr, flush=True)


# --- System packages --------------------------------------------------------------------------------


def has_library(name: str) -> Callable[[], bool]:
    return lambda: ctypes.util.find_library(name) is not None


def has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def has_file(*paths: str) -> Callable[[], bool]:
    return lambda: any(Path(path).exists() for path in paths)


SYSTEM_PACKAGES: dict[str, dict[str, Callable[[], bool]]] = {
    "product": {
        "libpango-1.0-0": has_library("pango-1.0"),
        "libpangoft2-1.0-0": has_library("pangoft2-1.0"),
    },
    "dev": {
        "gettext": has_program("xgettext"),
        "chromium-headless-shell": has_program(
            "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
        ),
        "fonts-noto-core": has_file("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
        "poppler-utils": has_program("pdftotext"),
        "qpdf": has_program("qpdf"),
        "default-jdk-headless": has_program("javac"),
        "clamav-daemon": has_file("/usr/sbin/clamd", "/opt/homebrew/sbin/clamd"),
        "libjaxb-java": has_file("/usr/share/java/jaxb-runtime.jar", "/usr/share/java/jaxb-impl.jar"),
    },
}


def missing_packages(kind: str) -> list[str]:
    """The Debian packages that ``kind`` ('product' or 'dev', which includes it) lacks here."""
    kinds = ["product"] if kind == "product" else ["product", "dev"]
    return [name for k in kinds for name, present in SYSTEM_PACKAGES[k].items() if not present()]


def apt_install(packages: list[str]) -> bool:
    """Install ``packages`` where root and apt-get are; say the command and return False elsewhere."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing system packages: {' '.join(packages)}")
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        with open(os.devnull, "rb") as nothing:
            subprocess.run(["apt-get", "update", "-qq"], stdin=nothing, stdout=sys.stderr, env=env)
            done = subprocess.run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
                stdin=nothing,
                stdout=sys.stderr,
                env=env,
            )
        return done.returncode == 0
    if shutil.which("apt-get"):
        say(f"These system packages are missing. Run:\n    {install_command(packages)}")
    else:
        say(f"These are missing on this system (named as Debian names them): {' '.join(packages)}")
    return False


def install_command(packages: list[str]) -> str:
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


# --- The Python environment -------------------------------------------------------------------------


def lock_hash(kind: str) -> str:
    """What the stamp holds when the environment is up to date with the locks of ``kind``."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version_info[:2]}\n".encode())
    for name in [*LOCKS[kind], "requirements-uv.lock"]:
        digest.update((ROOT / name).read_bytes())
    return f"{kind} {digest.hexdigest()}"


def read_stamp() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def wanted_kind(kind: str, stamp: str) -> str:
    """An environment that once held the development packages keeps them; they include the product."""
    return "dev" if stamp.startswith("dev ") else kind


def writable_home_env() -> dict[str, str]:
    """Caches go under var/ where the home folder cannot be written."""
    home = Path(os.environ.get("HOME", "/nonexistent"))
    if home.is_dir() and os.access(home, os.W_OK):
        return {}
    cache = VAR / "home-cache"
    cache.mkdir(parents=True, exist_ok=True)
    return {"XDG_CACHE_HOME": str(cache), "UV_CACHE_DIR": str(cache / "uv"), "PIP_NO_CACHE_DIR": "1"}


@contextlib.contextmanager
def setup_lock() -> Iterator[None]:
    """Two launchers at the same time: the second waits until the first has made the environment."""
    VAR.mkdir(exist_ok=True)
    with open(VAR / "setup.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    say("Making the Python environment in .venv …")
    for _attempt in range(2):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
        if made.returncode == 0:
            return
        if not apt_install(["python3-venv"]):
            break
    raise LauncherError("This Python cannot make a virtual environment. Run:\n    " + install_command(["python3-venv"]))


def run_setup(command: list[str], what: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise LauncherError(f"{what} failed:\n{done.stdout}{done.stderr}")


def ensure_environment(kind: str) -> None:
    """Make .venv hold exactly what the locks of ``kind`` ('product' or 'dev') list."""
    os.environ.update(writable_home_env())
    kind = wanted_kind(kind, read_stamp())
    if read_stamp() == lock_hash(kind) and PYTHON.exists():
        return
    with setup_lock():
        kind = wanted_kind(kind, read_stamp())
        if read_stamp() == lock_hash(kind) and PYTHON.exists():
            return
        if not read_stamp() or not PYTHON.exists() or not same_version():
            make_venv()  # also over one whose making was broken off
        uv = VENV / "bin" / "uv"
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run_setup([*pip, "--require-hashes", "-r", "requirements-uv.lock"], "Installing uv")
        say("Installing the locked packages …")
        sync = [str(uv), "pip", "sync", "-q", "--python", str(PYTHON), "--require-hashes", *LOCKS[kind]]
        run_setup(sync, "Installing the locked packages")
        if not uv.exists():
            raise LauncherError("The sync removed uv from the environment; run again.")
        STAMP.write_text(lock_hash(kind))


def same_version() -> bool:
    """Whether .venv was made by the Python version that runs now."""
    version = "import sys; print(sys.version_info[:2])"
    seen = subprocess.run([str(PYTHON), "-c", version], capture_output=True, text=True)
    return seen.stdout.strip() == str(sys.version_info[:2])


def ensure_system(kind: str, *, needed: bool) -> None:
    """See to the system packages; stop where ``needed`` ones cannot be installed."""
    packages = missing_packages(kind)
    if packages and not apt_install(packages) and needed:
        raise LauncherError("Stopped, since this cannot work without them.")


def ensure_messages() -> None:
    """Compile the translations where a .po file is newer than what was made of it."""
    for source in (ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            run_setup([str(PYTHON), "-m", "reform.messages"], "Compiling the translations")
            return


# --- Commands ---------------------------------------------------------------------------------------


def child_environment() -> dict[str, str]:
    """The environment of what is started: a local trial, unless the place brings a key of its own."""
    env = dict(os.environ)
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH", "")]))
    if not env.get("SECRET_KEY"):
        env.setdefault("PORTAL_INSECURE_HTTP", "1")
    return env


def manage(arguments: list[str]) -> int:
    fresh = not STAMP.exists()
    ensure_environment("product")
    if fresh:
        ensure_system("product", needed=False)
    ensure_messages()
    os.execve(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *arguments], child_environment())


def lock(arguments: list[str]) -> int:
    """Make the lock files anew; ``--upgrade`` takes newer versions, otherwise what is locked stays."""
    os.environ.update(writable_home_env())
    if not (VENV / "bin" / "uv").exists():
        ensure_environment("product")
    uv = [str(VENV / "bin" / "uv"), "pip", "compile", "-q", "--universal", "--python-version", "3.11"]
    uv += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", *arguments]
    env = os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "bin/lock"}
    for job in (
        ["pyproject.toml", "-o", "requirements.lock"],
        ["pyproject.toml", "--group", "dev", "-c", "requirements.lock", "-o", "requirements-dev.lock"],
        ["--no-deps", "requirements-tools.in", "-o", "requirements-tools.lock"],
        ["--no-deps", "requirements-uv.in", "-o", "requirements-uv.lock"],
        ["requirements-audit.in", "-o", "requirements-audit.lock"],
    ):
        subprocess.run([*uv, *job], cwd=ROOT, env=env, check=True)
    return 0


def in_project(module: str, kind: str, *, needed: bool) -> Callable[[list[str]], int]:
    """A command that lives in ``bin/<module>.py`` and runs in the project's environment."""

    def run(arguments: list[str]) -> int:
        ensure_environment(kind)
        ensure_system(kind, needed=needed)
        ensure_messages()
        os.execve(PYTHON, [str(PYTHON), str(ROOT / "bin" / f"{module}.py"), *arguments], child_environment())

    return run


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "manage": manage,
    "lock": lock,
    "audit": in_project("_audit", "product", needed=False),
    "test": in_project("_test", "dev", needed=False),
    "demo": in_project("_demo", "product", needed=True),
    "bench": in_project("_bench", "dev", needed=False),
    "matrix": in_project("_matrix", "dev", needed=False),
    "screenshots": in_project("_screenshots", "dev", needed=False),
}


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - said kindly to whoever starts it with an older one
        say("Python 3.11 or newer is needed.")
        return 1
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except LauncherError as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
