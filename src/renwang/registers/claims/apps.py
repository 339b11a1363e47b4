"""What departments claim: their own grids and rosters, set beside the chain's, and merged into one division (C2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    """Departments' grids."""

    name = "renwang.registers.claims"
    label = "claims"
    verbose_name = _("Departments' grids")

    def ready(self) -> None:
        """Bring both lists into the general import, and the refusals to wherever refusals are said."""
        from renwang.chain.imports import register_kind
        from renwang.registers.claims import words  # noqa: F401
        from renwang.registers.claims.imports import CLAIMS
        from renwang.registers.claims.worker_imports import WORKERS

        register_kind(CLAIMS)
        register_kind(WORKERS)
