"""Bulletins: one official voice; what is published, asked and answered (W4)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    """What is published, asked and answered."""

    name = "renwang.bulletins"
    label = "bulletins"
    verbose_name = _("Bulletins")
