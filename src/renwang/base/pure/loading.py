"""Libraries that are loaded when something first asks for them.

Every process of a node holds what it has imported for as long as it lives,
whether it needs it or not. Arrays, shapes, pictures and brokers' clients are
large, and most processes of most nodes never touch them.

    if TYPE_CHECKING:
        import numpy as np
    else:
        np = on_first_use("numpy")
"""

import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module, and hands out what is in it; each name is looked up there once."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self.__name__), name)
        self.__dict__[name] = found
        return found


def on_first_use(name: str) -> ModuleType:
    """Stand for a library by its full name. Whoever asks it for something first waits for its import.

    What is wrong with it is found then: `ImportError` where it is not installed,
    `AttributeError` for a name that it does not have. Safe among threads.
    """
    return _Later(name)


@cache
def load_cel() -> Any:
    """Load the engine of conditions without the command line that comes with it.

    That brings the whole toolkit of a terminal, half a second and eight
    megabytes, into every process that judges a condition.
    """
    sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
    return import_module("cel")
