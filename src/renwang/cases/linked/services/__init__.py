"""What is done with linked systems: kept at the desk, visited, taken in from, sent to."""

from renwang.cases.linked.services.hearing import hear_update
from renwang.cases.linked.services.keeping import (
    add_system,
    change_system,
    map_services,
    pause_system,
    resume_system,
    visit_soon,
)
from renwang.cases.linked.services.sending import (
    Package,
    give_up_waiting,
    package_of,
    send_case,
    tell_system,
)

__all__ = [
    "Package",
    "add_system",
    "change_system",
    "give_up_waiting",
    "hear_update",
    "map_services",
    "package_of",
    "pause_system",
    "resume_system",
    "send_case",
    "tell_system",
    "visit_soon",
]
