"""Lanes: a few threads and a short queue for one kind of slow work, so that it delays no other kind.

A lane knows nothing of the database: values go in, results come out, and the
loop that owns the lane writes them down. Its threads never keep the process
from ending.
"""

import queue
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

SPARE = 3  # how many times its threads a lane may have while some of them are stuck


@dataclass(frozen=True, slots=True)
class Done(Generic[Item, Result]):
    """What came of one item: a result, or the exception that the work raised."""

    key: Hashable
    item: Item
    result: Result | None
    error: BaseException | None


class Lane(Generic[Item, Result]):
    """Runs `work` on items, `threads` at a time."""

    def __init__(self, name: str, work: Callable[[Item], Result], *, threads: int):
        self.name = name
        self._work = work
        self._threads = threads
        self._waiting: queue.SimpleQueue[tuple[Hashable, Item]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Done[Item, Result]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._begun: dict[Hashable, tuple[Item, datetime]] = {}  # taken in and not collected
        self._given_up: set[Hashable] = set()
        self._alive = 0

    @property
    def size(self) -> int:
        """How many items the lane holds at most, waiting ones included."""
        return self._threads * 2

    @property
    def free(self) -> int:
        """How many items the lane takes now; stuck threads beyond the spare ones leave it fewer."""
        with self._lock:
            stuck = len(self._given_up)
            room = self.size if stuck < self._threads * (SPARE - 1) else 0
            return max(0, room - len(self._begun))

    @property
    def busy(self) -> int:
        """How many items are under way."""
        return len(self._begun)

    def put(self, key: Hashable, item: Item, now: datetime) -> None:
        """Take an item in; `key` names it until it is collected."""
        with self._lock:
            self._begun[key] = (item, now)
            if self._alive - len(self._given_up) < self._threads:
                self._alive += 1
                threading.Thread(target=self._run, name=f"lane-{self.name}", daemon=True).start()
        self._waiting.put((key, item))

    def collect(self, wait: float = 0) -> list[Done[Item, Result]]:
        """Take out what is done; with `wait`, stay up to so many seconds for the first."""
        found: list[Done[Item, Result]] = []
        while True:
            try:
                one = (
                    self._done.get(timeout=wait) if wait and not found else self._done.get_nowait()
                )
            except queue.Empty:
                return found
            with self._lock:
                if self._begun.pop(one.key, None) is not None:
                    found.append(one)

    def take_back(self) -> list[tuple[Hashable, Item]]:
        """Take out what no thread has begun yet, and say what that was."""
        found: list[tuple[Hashable, Item]] = []
        with suppress(queue.Empty):
            while True:
                found.append(self._waiting.get_nowait())
        with self._lock:
            for key, _item in found:
                self._begun.pop(key, None)
        return found

    def give_up(self, now: datetime, after: timedelta) -> list[tuple[Hashable, Item]]:
        """Stop waiting for what was taken in longer than `after` ago, and say what that was.

        Its thread cannot be stopped; another takes its place, and what it
        still brings is left unread.
        """
        with self._lock:
            late = [
                (key, item) for key, (item, begun) in self._begun.items() if now - begun >= after
            ]
            for key, _item in late:
                del self._begun[key]
                self._given_up.add(key)
            return late

    def _run(self) -> None:
        while True:
            key, item = self._waiting.get()
            result, error = None, None
            if key not in self._given_up:
                try:
                    result = self._work(item)
                except Exception as raised:
                    error = raised
            with self._lock:
                if key in self._given_up:
                    self._given_up.discard(key)
                    self._alive -= 1
                    return  # another thread has taken this one's place
            self._done.put(Done(key, item, result, error))
