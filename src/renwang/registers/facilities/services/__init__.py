"""What the list of facilities does: keep, say where one stands, inspect, mend, call people to what is late."""

from renwang.registers.facilities.services.calling import call_for_late, follow_division
from renwang.registers.facilities.services.inspecting import Looked, record_inspection
from renwang.registers.facilities.services.keeping import (
    Entered,
    RoomSaid,
    change_facility,
    enter_facility,
    keep_room,
    strike_room,
)
from renwang.registers.facilities.services.mending import (
    Broken,
    assign_defect,
    drop_defect,
    join_risk,
    mend_defect,
    owns,
    reopen_defect,
    report_defect,
)
from renwang.registers.facilities.services.stating import (
    change_state,
    open_facility,
    shut_facility,
)
from renwang.registers.facilities.services.stocking import (
    StockSaid,
    count_stock,
    keep_stock,
    strike_stock,
)

__all__ = [
    "Broken",
    "Entered",
    "Looked",
    "RoomSaid",
    "StockSaid",
    "assign_defect",
    "call_for_late",
    "change_facility",
    "change_state",
    "count_stock",
    "drop_defect",
    "enter_facility",
    "follow_division",
    "join_risk",
    "keep_room",
    "keep_stock",
    "mend_defect",
    "open_facility",
    "owns",
    "record_inspection",
    "reopen_defect",
    "report_defect",
    "shut_facility",
    "strike_room",
    "strike_stock",
]
