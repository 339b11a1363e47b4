"""The chain: units, grids, people, posts, organisations; and reach, who may see and do what, where."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainConfig(AppConfig):
    """Who and where (C1–C5)."""

    name = "renwang.chain"
    label = "chain"
    verbose_name = _("Chain")
