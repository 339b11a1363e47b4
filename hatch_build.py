"""Puts into a wheel what is not kept in the repository: the built front end and the compiled words.

`RENWANG_SKIP_BUILD=1` takes what is there already. An sdist carries both, so
whoever installs from it needs neither Node nor network.
"""

import os
import runpy
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    """Called by hatchling before it collects files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, unless this is an editable install or everything is built already."""
        root = Path(self.root)
        tools = root / "tools" / "frontend.py"
        if version == "editable" or os.environ.get("RENWANG_SKIP_BUILD") == "1":
            return
        built = root / "src" / "renwang" / "web" / "frame" / "static" / "dist" / "manifest.json"
        if (root / "PKG-INFO").is_file() and built.is_file():  # an sdist carries the results
            return
        runpy.run_path(str(tools))["build"]()
        for source in root.glob("src/renwang/**/locale/*/LC_MESSAGES/*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text))
