"""How hazards and posts are written in the cells of a table: `暴雨/响应；内涝` and `网格员；云溪社区/社区值班员；全部@网格`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from renwang.registers.duties.naming_rules import fold_slash, hazard_key
from renwang.registers.duties.rules import Phase
from renwang.registers.procedures.rules import ProcedureRefused

_BETWEEN = re.compile(r"[;；、\n]+")
_EVERY_POST = ("全部", "所有岗位", "全部岗位", "all")


class FollowersUnclear(ProcedureRefused):
    """A line names no posts; params: what stands there."""


class LevelUnknownHere(ProcedureRefused):
    """No level of the chain is called that; params: what stands there."""


class PhaseUnknown(ProcedureRefused):
    """No phase is called that; params: what stands there."""


class WithdrawnRow(ProcedureRefused):
    """A row says of a procedure that it was withdrawn, or speaks of one that was."""


PHASE_NAMES: Mapping[Phase, tuple[str, ...]] = {
    Phase.PREVENT: ("预防", "Prevent", "防范"),
    Phase.PREPARE: ("准备", "Prepare", "备灾"),
    Phase.RESPOND: ("响应", "Respond", "处置", "应急处置"),
    Phase.RECOVER: ("恢复", "Recover", "善后", "恢复重建"),
}


def phase_called(text: str) -> Phase:
    """Find the phase that is meant. Refuses with `PhaseUnknown`."""
    wanted = text.strip().casefold()
    for phase, names in PHASE_NAMES.items():
        if wanted in (phase.value, *(name.casefold() for name in names)):
            return phase
    raise PhaseUnknown(phase=text.strip())


def split_cells(
    text: str, names: Sequence[tuple[str, Sequence[str]]]
) -> list[tuple[str, Phase | None]]:
    """Read hazards, each with its phase after a slash; without one it is for every phase."""
    found = []
    for part in _BETWEEN.split(text):
        hazard, _slash, phase = fold_slash(part).partition("/")
        if hazard.strip():
            key = hazard_key(hazard, names)
            found.append((key[:40], phase_called(phase) if phase.strip() else None))
    return found


def join_cells(cells: Sequence[tuple[str, Phase | None]]) -> str:
    """Write hazards as `split_cells` reads them; the hazards come as they are to be called."""
    return "；".join(
        f"{hazard}/{PHASE_NAMES[phase][0]}" if phase else hazard for hazard, phase in cells
    )


@dataclass(frozen=True, slots=True)
class LineText:
    """One line of who must follow, as it is written: place, title, level; empty means any."""

    place: str
    title: str
    level: str


def split_followers(text: str) -> list[LineText]:
    """Read who must follow. Refuses with `FollowersUnclear` a line that names no posts."""
    found = []
    for part in _BETWEEN.split(text):
        line = fold_slash(part)
        if not line:
            continue
        posts, _at, level = line.partition("@")
        place, _slash, title = posts.rpartition("/")
        if not title.strip():
            raise FollowersUnclear(line=line)
        every = title.strip().casefold() in _EVERY_POST
        found.append(LineText(place.strip(), "" if every else title.strip(), level.strip()))
    return found


def join_followers(lines: Sequence[LineText]) -> str:
    """Write who must follow as `split_followers` reads it."""
    return "；".join(
        (f"{one.place}/" if one.place else "")
        + (one.title or _EVERY_POST[0])
        + (f"@{one.level}" if one.level else "")
        for one in lines
    )
