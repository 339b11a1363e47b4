"""The risk list: what may happen where, what is done about it, and who answers for that (L2)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RisksConfig(AppConfig):
    """Risk list."""

    name = "renwang.registers.risks"
    label = "risks"
    verbose_name = _("Risk list")
