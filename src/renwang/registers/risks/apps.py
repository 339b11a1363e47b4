"""The risk list: what may happen where, what is done about it, and who answers for that (L2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RisksConfig(AppConfig):
    """Risk list."""

    name = "renwang.registers.risks"
    label = "risks"
    verbose_name = _("Risk list")

    def ready(self) -> None:
        """Bring the list into the general import, and its refusals to wherever refusals are said."""
        from renwang.chain.imports import register_kind
        from renwang.registers.risks import words  # noqa: F401
        from renwang.registers.risks.imports import RISKS

        register_kind(RISKS)
