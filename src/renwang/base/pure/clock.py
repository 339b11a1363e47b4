"""Time as the doors read it, and time as a rehearsal runs it.

Below the doors `now` is an argument, so a drill, a test and the simulator run
the live rules at any speed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime


def read_clock() -> datetime:
    """Read the node's clock; only doors and the worker loop may call this."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that starts at a moment and runs at a multiple of real time."""

    begun: datetime  # real moment at which it was started
    shows: datetime  # what it showed then
    speed: float = 1.0  # its seconds per real second

    def at(self, real: datetime) -> datetime:
        """Say what this clock shows at a real moment; never earlier than its start."""
        passed = max(real - self.begun, real - real)
        return self.shows + passed * self.speed

    def real(self, shown: datetime) -> datetime:
        """Say at which real moment this clock will show `shown`."""
        return self.begun + (shown - self.shows) / self.speed
