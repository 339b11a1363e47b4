#!/usr/bin/env python3
"""Set up a checkout: `tools/setup.py` for a node, `tools/setup.py --dev` for work on it.

Needs Python 3.11 or newer and nothing else. Makes `.venv`, installs what the
lock file names (by uv where it can be had, by pip where not), compiles the
translations and builds the front end. Safe to run again: what is up to date
is left alone.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def run(*command: str | Path, quiet: bool = False) -> bool:
    """Run a command; say whether it went well."""
    shown = subprocess.DEVNULL if quiet else None
    try:
        return not subprocess.run(
            [str(part) for part in command], cwd=ROOT, check=False, stdout=shown, stderr=shown
        ).returncode
    except OSError:
        return False


def must(*command: str | Path, sentence: str) -> None:
    """Run a command that everything after it needs; end with a sentence if it fails."""
    if not run(*command):
        raise SystemExit(f"\n{sentence}")


def make_venv() -> None:
    """Make `.venv` with pip in it."""
    if PYTHON.exists() and run(PYTHON, "-c", "import sys", quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not run(sys.executable, "-c", "import ensurepip, venv", quiet=True):
        raise SystemExit(
            "Python's own module for virtual environments is not complete here. On Debian or "
            f"Ubuntu: apt-get install python{version}-venv (or python3-venv). Then run make again."
        )
    must(sys.executable, "-m", "venv", VENV, sentence=f"{VENV} could not be made.")


def find_uv() -> list[str] | None:
    """Return a uv that works: the environment's, the system's, or one installed now."""
    own = VENV / "bin" / "uv"
    for candidate in (str(own), shutil.which("uv")):
        if candidate and run(candidate, "--version", quiet=True):
            return [candidate]
    print("Installing uv, which installs the rest …", flush=True)
    if run(PYTHON, "-m", "pip", "install", "--quiet", "uv", quiet=True) and own.exists():
        return [str(own)]
    return None


def install(lock: Path) -> None:
    """Install exactly what the lock file names, each file checked by its hash."""
    stamp = VENV / "renwang-lock"
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    sentence = "The Python packages could not be installed; what is printed above says why."
    print(f"Installing the packages of {lock.name} …", flush=True)
    if uv := find_uv():
        target = ("--python", PYTHON)
        must(*uv, "pip", "sync", "--quiet", "--require-hashes", *target, lock, sentence=sentence)
        local = ("--no-deps", "--no-build-isolation", "--editable", ".")
        must(*uv, "pip", "install", "--quiet", *target, *local, sentence=sentence)
    else:
        print("uv cannot be had here; pip takes its place and some more time.", flush=True)
        pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        must(*pip, "--require-hashes", "-r", lock, sentence=sentence)
        must(*pip, "--no-deps", "--no-build-isolation", "--editable", ".", sentence=sentence)
    stamp.write_text(wanted)


def main() -> None:
    """Do every step that is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    if sys.version_info < OLDEST:
        raise SystemExit(
            f"Renwang needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is "
            f"{sys.version_info.major}.{sys.version_info.minor}. With another one: "
            "make PYTHON=python3.12"
        )
    os.environ["VIRTUAL_ENV"] = str(VENV)
    make_venv()
    # Whoever once set up for development keeps that: the smaller set would take the tools away.
    dev = options.dev or (VENV / "renwang-dev").exists()
    install(ROOT / ("requirements-dev.lock" if dev else "requirements.lock"))
    if options.dev:
        (VENV / "renwang-dev").touch()
    must(PYTHON, "tools/messages.py", "compile", sentence="The translations were not compiled.")
    must(PYTHON, "tools/frontend.py", sentence="The front end could not be built.")


if __name__ == "__main__":
    main()
