"""The launcher's decisions: what is missing, what is stale, and what it says."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

BIN = Path(__file__).resolve().parent.parent.parent / "bin"


def load(name: str):
    spec = importlib.util.spec_from_file_location(name, BIN / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def launcher():
    return load("_launcher")


def test_missing_packages_are_named_by_kind(launcher, monkeypatch):
    packages = {"product": {"here": lambda: True, "gone": lambda: False}, "dev": {"tool": lambda: False}}
    monkeypatch.setattr(launcher, "SYSTEM_PACKAGES", packages)
    assert launcher.missing_packages("product") == ["gone"]
    assert launcher.missing_packages("dev") == ["gone", "tool"]


def test_an_ordinary_user_is_told_the_command(launcher, monkeypatch, capsys):
    monkeypatch.setattr(launcher.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(launcher.shutil, "which", lambda name: "/usr/bin/apt-get")
    assert launcher.apt_install(["libpango-1.0-0"]) is False
    said = capsys.readouterr()
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends libpango-1.0-0" in said.err
    assert said.out == ""  # stdout belongs to the command


def test_root_installs(launcher, monkeypatch):
    ran = []
    monkeypatch.setattr(launcher.os, "geteuid", lambda: 0)
    monkeypatch.setattr(launcher.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(
        launcher.subprocess,
        "run",
        lambda command, **_: ran.append(command) or subprocess.CompletedProcess(command, 0),
    )
    assert launcher.apt_install(["qpdf"]) is True
    assert ran[-1][:2] == ["apt-get", "install"]
    assert ran[-1][-1] == "qpdf"


def test_what_cannot_be_done_without_stops_the_launcher(launcher, monkeypatch):
    monkeypatch.setattr(launcher, "missing_packages", lambda kind: ["libpango-1.0-0"])
    monkeypatch.setattr(launcher, "apt_install", lambda packages: False)
    launcher.ensure_system("product", needed=False)
    with pytest.raises(launcher.LauncherError):
        launcher.ensure_system("product", needed=True)


def test_a_python_without_venv_is_told_the_command(launcher, monkeypatch):
    def fail(command, **_):
        return subprocess.CompletedProcess(command, 1, "", "ensurepip is not available")

    monkeypatch.setattr(launcher.subprocess, "run", fail)
    monkeypatch.setattr(launcher.os, "geteuid", lambda: 1000)
    with pytest.raises(launcher.LauncherError, match=r"sudo apt-get update .* python3-venv"):
        launcher.make_venv()


def test_a_changed_lock_makes_the_environment_stale(launcher, monkeypatch, tmp_path):
    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock", "requirements-uv.lock"):
        (tmp_path / name).write_text(name)
    product, dev = launcher.lock_hash("product"), launcher.lock_hash("dev")
    assert product != dev
    (tmp_path / "requirements.lock").write_text("newer")
    assert launcher.lock_hash("product") != product
    assert launcher.lock_hash("dev") == dev
    (tmp_path / "requirements-tools.lock").write_text("newer")
    assert launcher.lock_hash("dev") != dev


@pytest.mark.parametrize(
    ("asked", "stamp", "kept"),
    [("product", "", "product"), ("product", "dev abc", "dev"), ("dev", "product abc", "dev")],
)
def test_development_packages_stay_when_the_product_is_started(launcher, asked, stamp, kept):
    assert launcher.wanted_kind(asked, stamp) == kept


def test_caches_lie_under_var_when_home_cannot_be_written(launcher, monkeypatch, tmp_path):
    monkeypatch.setattr(launcher, "VAR", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    assert launcher.writable_home_env()["UV_CACHE_DIR"].startswith(str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert launcher.writable_home_env() == {}


def test_a_place_with_a_key_of_its_own_is_no_local_trial(launcher, monkeypatch):
    monkeypatch.delenv("PORTAL_INSECURE_HTTP", raising=False)
    monkeypatch.setenv("SECRET_KEY", "x")
    assert "PORTAL_INSECURE_HTTP" not in launcher.child_environment()
    monkeypatch.delenv("SECRET_KEY")
    assert launcher.child_environment()["PORTAL_INSECURE_HTTP"] == "1"


def test_every_command_has_its_door():
    doors = {path.name for path in BIN.iterdir() if path.is_file() and "." not in path.name}
    assert doors == set(load("_launcher").COMMANDS)
    assert all((BIN / name).stat().st_mode & 0o111 for name in doors)


def test_the_demo_s_worker_gives_way_to_the_site():
    demo = load("_demo")
    assert demo.worker()[:3] == ["nice", "-n", "10"]
    assert "nice" not in demo.web(8000)


def test_the_demo_keeps_its_password():
    demo = load("_demo")
    first = demo.demo_environment({}, 8000)
    assert len(first["PORTAL_DEMO_PASSWORD"]) >= 12
    text = "# comment\n\n" + "".join(f"{name}={value}\n" for name, value in first.items())
    assert (
        demo.demo_environment(demo.read_env_file(text), 8001)["PORTAL_DEMO_PASSWORD"] == first["PORTAL_DEMO_PASSWORD"]
    )


@pytest.mark.parametrize(
    ("value", "limit", "better", "passed"),
    [(1.0, 2.0, "lower", True), (3.0, 2.0, "lower", False), (3.0, 2.0, "higher", True), (1.0, 2.0, "higher", False)],
)
def test_a_benchmark_says_when_a_limit_is_passed(capsys, value, limit, better, passed):
    load("_bench").emit("x", value, "ratio", limit=limit, better=better, size=10)
    said = capsys.readouterr()
    assert '"name": "x"' in said.out
    assert ("worse than the limit" in said.err) is not passed
