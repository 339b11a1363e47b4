"""The duties list: for each hazard, place and phase who leads, who helps and where news gathers (L1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    """Duties list."""

    name = "renwang.registers.duties"
    label = "duties"
    verbose_name = _("Duties list")
