"""Facilities and service centres: what there is, whether it works, who can walk to it, and what is missing (L5, C4)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacilitiesConfig(AppConfig):
    """Facilities and service centres."""

    name = "renwang.registers.facilities"
    label = "facilities"
    verbose_name = _("Facilities")

    def ready(self) -> None:
        """Bring the list into the general import, and its refusals to wherever refusals are said."""
        from renwang.chain.imports import register_kind
        from renwang.registers.facilities import words  # noqa: F401
        from renwang.registers.facilities.imports import FACILITIES
        from renwang.registers.facilities.room_imports import ROOMS
        from renwang.registers.facilities.stock_imports import STOCK

        register_kind(FACILITIES)
        register_kind(ROOMS)
        register_kind(STOCK)
