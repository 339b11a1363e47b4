"""The care list: who needs a knock first, by consent, sealed, and visited (L4)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    """Care list."""

    name = "renwang.registers.care"
    label = "care"
    verbose_name = _("Care list")
