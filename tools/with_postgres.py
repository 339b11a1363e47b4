#!/usr/bin/env python3
"""Run a command with a private, throw-away PostgreSQL: `tools/with_postgres.py -- COMMAND …`.

The cluster lives in a temporary directory, listens on a socket in there and
nowhere else, and is gone when the command ends, also by a signal. The command
finds it in RENWANG_DATABASE_URL. Exit code: the command's own; 3 when
PostgreSQL is not installed.
"""

import argparse
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

ABSENT = 3
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def find_binaries() -> Path | None:
    """Find the directory of `initdb`: on the PATH, else the newest of Debian's versions."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: int(path.parent.name.split(".")[0]), default=None)


def owner() -> dict[str, str | int]:
    """Say as whom the server runs: PostgreSQL refuses root, so root lends it a plain user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user postgres or nobody.")


class Cluster:
    """A PostgreSQL server in a directory of its own, from `start` to `stop`."""

    def __init__(self, binaries: Path, *, durable: bool):
        self.binaries = binaries
        self.durable = durable
        self.home = Path(tempfile.mkdtemp(prefix="renwang-pg-"))
        self.data = self.home / "data"
        self.who = owner()
        if self.who:
            os.chown(self.home, int(self.who["user"]), int(self.who["group"]))
        self.server: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """The database's address for RENWANG_DATABASE_URL."""
        return f"postgresql://renwang@{quote(str(self.home), safe='')}:5432/renwang"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs; its output is shown only when it fails."""
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            cwd=self.home,
            env={**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            **self.who,
        )
        if done.returncode:
            raise SystemExit(f"{program} failed:\n{done.stdout}{done.stderr}")

    def start(self) -> None:
        """Make the cluster, start the server and make an empty database."""
        self.run(
            "initdb", "--pgdata", str(self.data), "--username", "renwang", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.home}",
            "max_connections=60",
        ]
        options += [] if self.durable else QUICK
        log = (self.home / "log").open("wb")
        self.server = subprocess.Popen(
            [str(self.binaries / "postgres"), "-D", str(self.data)]
            + [part for option in options for part in ("-c", option)],
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A group of its own: Ctrl-C must reach the command first, and the server after it.
            start_new_session=True,
            **self.who,
        )
        self._wait()
        self.run("createdb", "--host", str(self.home), "--username", "renwang", "renwang")

    def _wait(self) -> None:
        waiting = subprocess.run(
            ["sh", "-c", 'for i in $(seq 300); do "$1" -q -h "$2" && exit 0; sleep 0.1; done; exit 1',
             "sh", str(self.binaries / "pg_isready"), str(self.home)],
            check=False,
        )  # fmt: skip
        if waiting.returncode:
            raise SystemExit("PostgreSQL did not start:\n" + (self.home / "log").read_text())

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # its "fast" stop: sessions are ended
            try:
                self.server.wait(20)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def run_command(command: list[str], url: str) -> int:
    """Run the command with the address in its environment; pass a request to end on to it."""
    child = subprocess.Popen(command, env={**os.environ, "RENWANG_DATABASE_URL": url})
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: child.send_signal(number))
    # Ctrl-C reaches the child by itself; here it must only not end the clean-up.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    code = child.wait()
    return code if code >= 0 else 128 - code


def main() -> int:
    """Read the command line, run the command, clean up."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--durable", action="store_true", help="keep fsync on (for measurements)")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND and its arguments")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("there is no command to run: put it after --")
    binaries = find_binaries()
    if binaries is None:
        print(
            "PostgreSQL is not installed, so nothing was run. On Debian or Ubuntu: "
            "apt-get install postgresql",
            file=sys.stderr,
        )
        return ABSENT

    def ended(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ended)
    cluster = Cluster(binaries, durable=options.durable)
    try:
        cluster.start()
        return run_command(command, cluster.url)
    except KeyboardInterrupt:
        return 130
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
