"""The readiness check: what would fail if it happened tonight, and who can mend it (L6)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReadinessConfig(AppConfig):
    """Readiness check."""

    name = "renwang.registers.readiness"
    label = "readiness"
    verbose_name = _("Readiness check")

    def ready(self) -> None:
        """Bring the refusals to wherever refusals are said."""
        from renwang.registers.readiness import words  # noqa: F401
