"""How posts and helpers are written in the cells of a table: `石桥社区/网格员：转移群众；卫生服务站：救护`."""

import re
from collections.abc import Sequence

from renwang.base.pure.text import fold_width
from renwang.registers.duties.rules import DutyRefused

_BETWEEN = re.compile(r"[;；\n]+")
_DOES = re.compile(r"[:：]")
_NOT_IN_A_CELL = re.compile(r"[;；\n]+")


class PostUnknown(DutyRefused):
    """No post in reach is called that; params: what stands there."""


class PostAmbiguous(DutyRefused):
    """Several posts are called that; naming the place before it tells them apart."""


class HelperUnknown(DutyRefused):
    """Neither an organisation nor a post in reach is called that."""


class EndedRow(DutyRefused):
    """A row says of a duty that is not known that it has ended."""


def split_post(text: str) -> tuple[str, str]:
    """Read how a post is written: what stands before the last slash (a place or an organisation), and its title."""
    before, _slash, title = fold_slash(text).rpartition("/")
    return before.strip(), title.strip()


def fold_slash(text: str) -> str:
    """Turn the wide slash into the narrow one; nothing else is changed."""
    return text.replace("／", "/").strip()


def join_post(before: str, title: str) -> str:
    """Write a post as `split_post` reads it."""
    return f"{before}/{title}" if before else title


def split_helpers(text: str) -> list[tuple[str, str]]:
    """Read helpers: each a name, and after a colon what it does."""
    found = []
    for part in _BETWEEN.split(text):
        if not part.strip():
            continue
        name, *does = _DOES.split(part, maxsplit=1)
        found.append((fold_slash(name), does[0].strip() if does else ""))
    return found


def join_helpers(helpers: Sequence[tuple[str, str]]) -> str:
    """Write helpers as `split_helpers` reads them; what would cut a text in two becomes a comma."""
    return "；".join(
        f"{_DOES.sub(' ', name)}：{cell(does)}" if does.strip() else _DOES.sub(" ", name)
        for name, does in helpers
    )


def cell(text: str) -> str:
    """Give a text as it stands in one part of a cell."""
    return _NOT_IN_A_CELL.sub("，", text.strip()).strip("，").strip()


def hazard_key(text: str, names: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Find the key of the hazard that a cell means; a hazard that no list has is kept as it is written."""
    wanted = fold_width(text).strip().casefold()
    for key, called in names:
        if wanted in (key.casefold(), *(one.casefold() for one in called)):
            return key
    return text.strip()
