"""The processor's own clock, which other work on the machine does not stretch as it does the wall's."""

import time
from pathlib import Path

from django.db import connection


def processor_time() -> float:
    """Seconds of processor time of this process and of the one that serves it in PostgreSQL, if that is on this machine."""
    spent = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        known = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        if known.exists():
            spent += int(known.read_text().split()[0]) / 1e9
    return spent
