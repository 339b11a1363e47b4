"""The duties list: for each hazard, place and phase who leads, who helps and where news gathers (L1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    """Duties list."""

    name = "renwang.registers.duties"
    label = "duties"
    verbose_name = _("Duties list")

    def ready(self) -> None:
        """Bring the list into the general import, and its refusals to wherever refusals are said."""
        from renwang.chain.imports import register_kind
        from renwang.registers.duties import words  # noqa: F401
        from renwang.registers.duties.imports import DUTIES

        register_kind(DUTIES)
