"""The server: granian's workers and one worker loop, all forked from a process that has loaded everything.

The first process opens no database connection: SQLite's locks do not survive
a fork. What it has loaded is shared by its children until they write to it,
which keeps the whole node small.
"""

import copy
import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import translation
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

log = logging.getLogger(__name__)

TARGET = "renwang.conf.wsgi:application"
ENDINGS = {signal.SIGTERM, signal.SIGINT}
STOP_WITHIN = 15  # seconds a child may take to finish what it is doing
RESTART_AT_MOST = 30.0


def serve_node(
    *,
    address: str,
    port: int,
    workers: int,
    threads: int | None,
    with_worker: bool,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serve until a signal ends it; every request and every batch under way is finished first."""
    preload()
    server = EndingServer(
        TARGET,
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # SQLite has one writer: more threads only wait for each other.
        blocking_threads=threads or (2 if _on_sqlite() else 4),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
    )
    keeper = WorkerKeeper() if with_worker else None
    if keeper:
        server.on_startup(keeper.start)
        server.on_shutdown(keeper.stop)
    server.on_startup(started)
    server.serve(target_loader=load_application)


class EndingServer(Server):
    """Granian's server, which cannot miss being told to end.

    Its loop forgets a signal that comes in the moment in which it sees a child
    end. That is the rule where everything is told at once, as systemd does it:
    it would start the child anew and go on for ever.
    """

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        if self.interrupt_signal:
            self.main_loop_interrupt.set()
        else:
            super()._respawn_workers(*args, **kwargs)


def preload() -> None:
    """Load the whole application once, and put what is loaded out of the collector's reach."""
    load_application(TARGET)
    from django.urls import reverse

    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("account_login")  # imports every door and works out every address
    connections.close_all()
    gc.collect()
    gc.freeze()


@cache
def _application() -> Any:
    return get_wsgi_application()


def load_application(_target: str) -> Any:
    """Return the WSGI application; in a child also see to it that it does not outlive its parent."""
    application = _application()
    if multiprocessing.parent_process() is not None:
        threading.Thread(target=_end_with_parent, daemon=True, name="renwang-parent").start()
    return application


def _end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(2)
    os.kill(os.getpid(), signal.SIGTERM)


def run_worker(*, with_parent: bool = False) -> None:
    """Run the worker loop in this process until SIGTERM, or, if asked, until its parent is gone."""
    django.setup()
    from renwang.ops.worker import Worker

    parent = os.getppid()
    worker = Worker(alive=lambda: not with_parent or os.getppid() == parent)
    # Waited for by a thread of its own. A handler would run in the thread that works: it comes to
    # nothing there while SQLite waits for a lock, and stands still if it meets a lock just taken.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    threading.Thread(target=_stop_when_told, args=[worker.stop], daemon=True).start()
    worker.run()


def _stop_when_told(stop: Callable[[], None]) -> None:
    signal.sigwait(ENDINGS)
    stop()


class WorkerKeeper:
    """Keeps one worker process running beside the server: one that ends is started again, ever later."""

    def __init__(self) -> None:
        start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        self.context = multiprocessing.get_context(start)
        self.ending = threading.Event()
        self.process: Any = None
        self.thread = threading.Thread(target=self._watch, name="renwang-keeper", daemon=True)

    def start(self) -> None:
        """Start the worker and watch over it."""
        self._spawn()
        self.thread.start()

    def stop(self) -> None:
        """Let the worker finish its batch; kill it when it does not within its time."""
        self.ending.set()
        self.process.terminate()
        # Only the watching thread waits for the process: of two that wait, one may find it gone
        # before its end is known, and takes it for alive.
        self.thread.join(STOP_WITHIN)
        if self.thread.is_alive():
            log.error("the worker did not stop in time and was killed")
            self.process.kill()
            self.thread.join()

    def _spawn(self) -> None:
        self.process = self.context.Process(
            target=run_worker, kwargs={"with_parent": True}, name="renwang-worker"
        )
        self.process.start()

    def _watch(self) -> None:
        pause = 1.0
        while not self.ending.is_set():
            begun = time.monotonic()
            self.process.join()
            if self.ending.is_set():
                return
            pause = 1.0 if time.monotonic() - begun > 60 else min(pause * 2, RESTART_AT_MOST)
            # A signal to the whole group ends the worker too, a moment before `stop` is called.
            if self.ending.wait(pause):
                return
            log.error(
                "the worker ended and is started again", extra={"exit": self.process.exitcode}
            )
            self._spawn()


def _on_sqlite() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def _logging() -> dict[str, Any]:
    """The node's own logging with granian's voice in it: one form for every line."""
    config = copy.deepcopy(settings.LOGGING)
    config["loggers"] |= {
        "_granian": {"level": "WARNING", "propagate": True},
        "granian.access": {"level": "CRITICAL", "propagate": False},
    }
    return config
