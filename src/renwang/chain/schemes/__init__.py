"""Schemes of grid codes, as data: a JSON file in this folder, or in the folder named by `RENWANG_SCHEMES`.

`RENWANG_GRID_CODES` names the one that the node uses.
"""

import json
import os
from functools import cache
from pathlib import Path

from renwang.chain.code_rules import Part, Scheme, SchemeUnknown


@cache
def schemes() -> dict[str, Scheme]:
    """Return every scheme by its key; one in the node's own folder replaces a shipped one."""
    more = os.environ.get("RENWANG_SCHEMES", "")
    found = {}
    for folder in [Path(__file__).parent, *([Path(more)] if more else [])]:
        for path in sorted(folder.glob("*.json")):
            data = json.loads(path.read_text(encoding="utf-8"))
            found[data["key"]] = _read(data)
    return found


def scheme(key: str) -> Scheme:
    """Return one scheme. Refuses with SchemeUnknown."""
    try:
        return schemes()[key]
    except KeyError:
        raise SchemeUnknown(scheme=key) from None


def _read(data: dict) -> Scheme:
    parts = []
    for one in data["parts"]:
        start, end = one.get("parent", (0, 0))
        parts.append(Part(one.get("text", ""), start, end, one.get("serial", 0)))
    return Scheme(data["key"], data["names"], tuple(parts), data["parent_digits"], data["sources"])
