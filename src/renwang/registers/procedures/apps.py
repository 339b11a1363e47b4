"""The procedures list: short, approved, read by those who must follow them, reviewed, and run (L3)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProceduresConfig(AppConfig):
    """Procedures list."""

    name = "renwang.registers.procedures"
    label = "procedures"
    verbose_name = _("Procedures list")

    def ready(self) -> None:
        """Bring the list into the general import, and its refusals to wherever refusals are said."""
        from renwang.chain.imports import register_kind
        from renwang.registers.procedures import words  # noqa: F401
        from renwang.registers.procedures.imports import PROCEDURES

        register_kind(PROCEDURES)
