"""The checks over what lies below the readiness check: places and posts, calls, duties, risks, procedures,
what is done when a risk strikes, facilities, homes, own ones.

Loaded at start-up, like the `checks.py` of every floor above.
"""

from renwang.registers.readiness.checks import (  # noqa: F401
    calls,
    duties,
    facilities,
    hands,
    homes,
    own,
    places,
    procedures,
    risks,
    struck,
)
